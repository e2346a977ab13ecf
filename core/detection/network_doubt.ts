/** When an observer doubts its own network, and when the doubt ends. */

import type { Outage } from "../network/network_state.ts";
import type { ClusterOptions } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import type { NodeState } from "./node_state.ts";
import { loseVisibility } from "./visibility_loss.ts";

/** A heartbeat that is later than this is more than jitter. */
export const LATE_MS = 1000;
/** TCP may take this long to retransmit what a short outage of the network lost. */
export const RECOVERY_MS = 15_000;
/**
 * After the first node is back, the others may take this long, because Wi-Fi reconnects them one by
 * one.
 */
const OTHERS_RETURN_MS = 60_000;
/** A message that is read this soon after an outage began may have been sent before it. */
const IN_FLIGHT_MS = 1000;

/**
 * Whether a node runs on another machine than the observer, by its boot id or the configured id.
 */
export function isRemote(
  { id, facts }: NodeState,
  { network }: Pick<ClusterOptions, "network">,
): boolean {
  if (network === undefined) return false;
  const isOwnBoot = network.bootId !== undefined && facts["boot_id"] === network.bootId;
  return !isOwnBoot && id !== network.ownNode;
}

/**
 * Records a sign of life that counts from `atMs`. If it comes from another machine, it proves the
 * network.
 */
export function recordSignOfLife(step: ClusterStep, node: NodeState, atMs: number): void {
  const { state: { network } } = step;
  const { lastHeardMs = -Infinity } = node;
  if (atMs - lastHeardMs > node.everyMs + LATE_MS) node.steadyFromMs = atMs;
  node.lastHeardMs = Math.max(atMs, lastHeardMs);
  network.doubted.delete(node.id);
  const { outage } = network;
  if (outage === undefined || !isRemote(node, step.options)) return;
  if (atMs < outage.sinceMs + IN_FLIGHT_MS) return;
  // The nodes are reachable although the link is reported down, so another link leads to them.
  if (network.linkUp === false) network.linkUp = undefined;
  endOutage(step, OTHERS_RETURN_MS);
}

/** The node is silent: the next probe asks its machine and the landmarks. */
export function doubt(step: ClusterStep, node: NodeState): void {
  if (isRemote(node, step.options)) step.state.network.doubted.add(node.id);
}

/** The network is out, or was out until now. `endsByMs` is set if it is already back. */
export function beginOutage(
  step: ClusterStep,
  reason: Outage["reason"],
  endsByMs: number | undefined,
): void {
  const { state, options, nowMs } = step;
  const { network } = state;
  if (network.outage !== undefined) {
    network.outage.endsByMs = endsByMs;
    return;
  }
  // Without watched nodes on other machines an outage has no effect.
  if (!state.nodes.values().some((node) => isWatched(node) && isRemote(node, options))) return;
  network.outage = { reason, sinceMs: nowMs, endsByMs };
  loseVisibility(step, reason, nowMs);
}

function isWatched({ liveness, backByMs }: NodeState): boolean {
  return liveness !== "dead" && (liveness !== "left" || backByMs !== Infinity);
}

/** The nodes on other machines that were heard at `fromMs` or later. */
export function neighboursSince(step: ClusterStep, fromMs: number): readonly NodeState[] {
  return [...step.state.nodes.values()].filter((node) =>
    node.liveness === "alive" && (node.lastHeardMs ?? -Infinity) >= fromMs &&
    isRemote(node, step.options)
  );
}

/** Ends the outage. The next echo restores the view, and no verdict follows within `graceMs`. */
export function endOutage(step: ClusterStep, graceMs: number): void {
  step.state.network.outage = undefined;
  step.state.network.graceMs = graceMs;
  if (step.state.linkUp) step.sendEcho();
}
