/** How an observer becomes blind, or loses one of its brokers. */

import type { BlindReason } from "./blindness.ts";
import type { ClusterStep } from "./cluster_step.ts";
import type { LinkState } from "./link_state.ts";

/** Makes the observer blind from `atMs` on, unless it is already blind. No broker can be trusted. */
export function loseVisibility(step: ClusterStep, reason: BlindReason, atMs: number): void {
  const { state } = step;
  for (const link of state.links) markLost(link, reason, atMs);
  if (state.blind && !isMoreSerious(reason, state.blindReason)) return;
  if (!state.blind) state.blindSinceMs = atMs;
  state.blind = true;
  state.blindReason = reason;
  step.emit({ kind: "visibility", blind: true, reason, atMs: state.blindSinceMs ?? atMs });
}

/**
 * The observer does not see through this broker from `atMs` on. Returns whether it still sees through
 * another one.
 */
export function loseLink(
  step: ClusterStep,
  link: LinkState,
  { reason, atMs }: { readonly reason: "no_connection" | "no_echo"; readonly atMs: number },
): boolean {
  const { state: { links } } = step;
  const { sees: saw } = link;
  markLost(link, reason, atMs);
  if (saw && links.length > 1) {
    link.isReported = true;
    step.emit({ kind: "broker", link: link.index, sees: false, reason, atMs });
  }
  if (links.some(({ sees }) => sees)) return true;
  // After a stall another broker may still prove that nothing else is wrong.
  if (links.every(({ lost }) => lost?.reason !== "stalled")) loseVisibility(step, reason, atMs);
  return false;
}

function markLost(link: LinkState, reason: BlindReason, atMs: number): void {
  if (link.sees) link.lost = { atMs, reason };
  else if (link.lost?.reason === "stalled") link.lost = { ...link.lost, reason };
  link.sees = false;
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
