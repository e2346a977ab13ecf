/** Since when something is down: people count from the last sign of life, not from when it was given up. */

import type { IncidentView, NodeView } from "../../core/api/feed.ts";

/** Since when a node is what it is. RFC 3339. */
export function stateSince(
  { liveness, since, last_heartbeat_at: heard }: Pick<
    NodeView,
    "liveness" | "since" | "last_heartbeat_at"
  >,
): string {
  const isSilent = liveness === "dead" || liveness === "suspect";
  return isSilent && heard !== null && Date.parse(heard) < Date.parse(since) ? heard : since;
}

/** From when on an incident is counted. RFC 3339. */
export function incidentSince(
  { died_at, last_heard_at }: Pick<IncidentView, "died_at" | "last_heard_at">,
): string {
  const isEarlier = last_heard_at !== null && Date.parse(last_heard_at) < Date.parse(died_at);
  return isEarlier ? last_heard_at : died_at;
}
