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
  const query = useQuery<{ readonly incidents: readonly IncidentView[] }>(
    api,
    isKnown ? `/api/v1/incidents${question}` : undefined,
    live.incidents.value,
  );
  const notifications = useQuery<{ readonly deliveries: readonly DeliveryView[] }>(
    api,
    isKnown && !isGuest ? `/api/v1/deliveries?limit=${DELIVERIES_MAX}` : undefined,
    live.deliveries.value,
  );
  const deliveries = useMemo(
    () => notifications.kind === "good" ? byIncident(notifications.body.deliveries) : undefined,
    [notifications],
  );
  return { incidents: whole(query, isGuest || notifications.kind !== "pending"), deliveries };
}

/** Waits for both answers, because "nobody was notified" must not appear before it is known. */
function whole(
  query: Query<{ readonly incidents: readonly IncidentView[] }>,
  areNotificationsKnown: boolean,
): Query<readonly IncidentView[]> {
  if (query.kind !== "good") return query;
  return areNotificationsKnown ? { kind: "good", body: query.body.incidents } : { kind: "pending" };
}
