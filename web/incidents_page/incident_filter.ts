/** The filter of incidents, as the page's own address and as a query to the hub. */

import { INCIDENT_KINDS, type IncidentKind } from "../../core/api/incident_view.ts";

/** The number of days; `all` means the whole history. */
export const FILTER_DAYS = ["1", "7", "30", "90", "all"] as const;
export type FilterDays = typeof FILTER_DAYS[number];

export interface IncidentFilter {
  /** Id of a node; empty for all. */
  readonly node: string;
  readonly kind: IncidentKind | "";
  readonly days: FilterDays;
  /** Only open incidents. */
  readonly open: boolean;
}

export const NO_FILTER: IncidentFilter = { node: "", kind: "", days: "all", open: false };

const DAY_MS = 24 * 3_600_000;

/** Reads the page's address; invalid values are ignored. */
export function filterOf(search: string): IncidentFilter {
  const query = new URLSearchParams(search);
  return {
    node: query.get("node") ?? "",
    kind: INCIDENT_KINDS.find((kind) => kind === query.get("kind")) ?? "",
    days: FILTER_DAYS.find((days) => days === query.get("days")) ?? "all",
    open: query.get("open") === "1",
  };
}

/** For the page's address: only what differs from `NO_FILTER`. Empty, or with the `?`. */
export function searchOf({ node, kind, days, open }: IncidentFilter): string {
  return written({ node, kind, days: days === "all" ? "" : days, open: open ? "1" : "" });
}

/** For the hub; `nowMs` is the hub's time in milliseconds since 1970. Empty, or with the `?`. */
export function questionOf(filter: IncidentFilter, nowMs: number, limit?: number): string {
  const { node, kind, days, open } = filter;
  // Whole minutes, so that the address of the CSV file does not change with each tick.
  const fromMs = Math.floor((nowMs - Number(days) * DAY_MS) / 60_000) * 60_000;
  return written({
    node,
    kind,
    from: days === "all" ? "" : new Date(fromMs).toISOString(),
    open: open ? "1" : "",
    limit: limit === undefined ? "" : String(limit),
  });
}

function written(parts: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ""));
  return query.size === 0 ? "" : `?${query}`;
}
