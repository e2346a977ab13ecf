/** How an observer becomes blind. */

import type { BlindReason } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";

/** Makes the observer blind from `atMs` on, unless it is already blind. */
export function loseVisibility(step: ClusterStep, reason: BlindReason, atMs: number): void {
  const { state } = step;
  if (state.blind && !isMoreSerious(reason, state.blindReason)) return;
  if (!state.blind) state.blindSinceMs = atMs;
  state.blind = true;
  state.blindReason = reason;
  step.emit({ kind: "visibility", blind: true, reason, atMs: state.blindSinceMs ?? atMs });
}

/** Whether a new reason is serious enough to be reported after the reported one. */
function isMoreSerious(reason: BlindReason, reported: BlindReason | undefined): boolean {
  if (reported === "stalled") return reason !== "stalled";
  // At the start of a run the observer is blind anyway until the network is there.
  return reported === undefined && isOfNetwork(reason);
}

/** The observer's own network is out. */
export function isOfNetwork(reason: BlindReason | undefined): boolean {
  return reason === "no_link" || reason === "network";
}
