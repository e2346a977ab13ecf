/** Incidents and their notifications, as the hub returns them. */

import { useMemo } from "preact/hooks";
import type { DeliveryView } from "../../core/api/delivery_view.ts";
import type { IncidentView } from "../../core/api/incident_view.ts";
import { type Query, useQuery } from "../parts/query.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { byIncident } from "./notified.ts";

/** The hub's limit for one answer. */
const DELIVERIES_MAX = 1000;

export interface QueriedIncidents {
  /** Newest first. */
  readonly incidents: Query<readonly IncidentView[]>;
  /** By incident; `undefined` for a guest. */
  readonly deliveries: ReadonlyMap<number, readonly DeliveryView[]> | undefined;
}

/** Queries again when the feed reports another incident or message. `question` includes the `?`. */
export function useIncidents(
  { live, api }: Pick<ViewProps, "live" | "api">,
  question: string,
): QueriedIncidents {
  const isKnown = live.known.value;
  const isGuest = live.guest.value;
  const asked = useQuery<{ readonly incidents: readonly IncidentView[] }>(
    api,
    isKnown ? `/api/v1/incidents${question}` : undefined,
    live.incidents.value,
  );
  const told = useQuery<{ readonly deliveries: readonly DeliveryView[] }>(
    api,
    isKnown && !isGuest ? `/api/v1/deliveries?limit=${DELIVERIES_MAX}` : undefined,
    live.deliveries.value,
  );
  const deliveries = useMemo(
    () => told.kind === "good" ? byIncident(told.body.deliveries) : undefined,
    [told],
  );
  return { incidents: whole(asked, isGuest || told.kind !== "asking"), deliveries };
}

/** Waits for both answers, because "nobody was notified" must not appear before it is known. */
function whole(
  asked: Query<{ readonly incidents: readonly IncidentView[] }>,
  isToldKnown: boolean,
): Query<readonly IncidentView[]> {
  if (asked.kind !== "good") return asked;
  return isToldKnown ? { kind: "good", body: asked.body.incidents } : { kind: "asking" };
}
