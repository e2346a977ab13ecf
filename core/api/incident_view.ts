/** An incident as the API and the feed show it. */

import type { CauseCode, CommonDeaths, OtherCause, ProviderCause } from "../alerting/cause.ts";

export type { CauseCode };

/** The subjects of incidents, in the order in which the page offers them. */
export const INCIDENT_KINDS = [
  /** A death. */
  "node",
  /** The common cause of several deaths. */
  "common",
  /** A node that dies and comes back repeatedly. */
  "flapping",
  /** An unexpected reboot. */
  "reboot",
  /** The hub's broker. */
  "broker",
  /** A provider of messages. */
  "uplink",
  /** A fault of the hub's own network. */
  "network",
  /** A fault of a living node. */
  "vital",
  /** A fault of the hub itself. */
  "hub",
] as const;

export type IncidentKind = typeof INCIDENT_KINDS[number];

/**
 * Why an incident began: a code, or an object if numbers and names belong to it. `other` is a text
 * of an earlier version; `hidden` replaces what guests must not see.
 */
export type IncidentReason =
  | CauseCode
  | Omit<ProviderCause, "why">
  | CommonDeaths
  | OtherCause
  | { readonly kind: "hidden" };

/** The time span in which something was wrong. */
export interface IncidentView {
  readonly id: number;
  readonly kind: IncidentKind;
  /** Empty if it concerns no node, or many. */
  readonly node: string;
  readonly name: string;
  readonly died_at: string;
  /**
   * The last sign of life before a death, from which durations count. `null` for other kinds, and
   * if none was heard.
   */
  readonly last_heard_at: string | null;
  readonly told_at: string | null;
  readonly recovered_at: string | null;
  /** When a person acknowledged it. */
  readonly acknowledged_at: string | null;
  /** The reason in English, for programs that show it. The page uses `reason`. */
  readonly cause: string;
  readonly reason: IncidentReason;
  /** How often a flapping node changed. */
  readonly changes: number;
  /** The incident of the common cause to which this one belongs. */
  readonly parent: number | null;
}
