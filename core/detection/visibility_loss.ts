/** How an observer stops to trust its own view. */

import type { BlindReason } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";

/** Blind from `atMs` on, unless it was blind before. */
export function loseVisibility(step: ClusterStep, reason: BlindReason, atMs: number): void {
  const { state } = step;
  if (state.blind && !isGraver(reason, state.blindReason)) return;
  if (!state.blind) state.blindSinceMs = atMs;
  state.blind = true;
  state.blindReason = reason;
  step.emit({ kind: "sight", blind: true, reason, atMs: state.blindSinceMs ?? atMs });
}

/** Whether it is worth telling that an observer is blind for another reason than the one it told. */
function isGraver(reason: BlindReason, told: BlindReason | undefined): boolean {
  if (told === "stalled") return reason !== "stalled";
  // At the start of a run it is blind anyway until the network is there.
  return told === undefined && isOfNetwork(reason);
}

/** The observer's own network is out. */
export function isOfNetwork(reason: BlindReason | undefined): boolean {
  return reason === "no_link" || reason === "network";
}
