/** Since when something is down: people count from the last heartbeat, not from the verdict. */

import type { IncidentView } from "../../core/api/incident_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";

/** Since when a node has its state. RFC 3339. */
export function stateSince(
  { liveness, since, last_heartbeat_at: heard }: Pick<
    NodeView,
    "liveness" | "since" | "last_heartbeat_at"
  >,
): string {
  const isSilent = liveness === "dead" || liveness === "suspect";
  return isSilent && heard !== null && Date.parse(heard) < Date.parse(since) ? heard : since;
}

/** From when an incident counts. RFC 3339. */
export function incidentSince(
  { died_at, last_heard_at }: Pick<IncidentView, "died_at" | "last_heard_at">,
): string {
  const isEarlier = last_heard_at !== null && Date.parse(last_heard_at) < Date.parse(died_at);
  return isEarlier ? last_heard_at : died_at;
}
