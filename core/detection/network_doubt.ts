/** When an observer doubts its own network, and what ends the doubt. */

import type { Outage } from "../network/network_state.ts";
import type { ClusterOptions } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import type { NodeState } from "./node_state.ts";
import { loseVisibility } from "./visibility_loss.ts";

/** A heartbeat that is later than this was not just jitter. */
export const LATE_MS = 1000;
/** How long TCP may take to repeat what a short outage of the network swallowed. */
export const RECOVERY_MS = 15_000;
/** Once one node is back, Wi-Fi brings the others over this time, not all at once. */
const OTHERS_RETURN_MS = 60_000;
/** What is read this soon after an outage began may have been sent before. */
const IN_FLIGHT_MS = 1000;

/** Whether a node runs on another machine than the observer, by its boot id or the configured id. */
export function isRemote(
  { id, facts }: NodeState,
  { network }: Pick<ClusterOptions, "network">,
): boolean {
  if (network === undefined) return false;
  const isOwnBoot = network.bootId !== undefined && facts["boot_id"] === network.bootId;
  return !isOwnBoot && id !== network.ownNode;
}

/** A sign of life that counts from `atMs`. On another machine it proves the network. */
export function hear(step: ClusterStep, node: NodeState, atMs: number): void {
  const { state: { network } } = step;
  const { lastHeardMs = -Infinity } = node;
  if (atMs - lastHeardMs > node.everyMs + LATE_MS) node.steadyFromMs = atMs;
  node.lastHeardMs = Math.max(atMs, lastHeardMs);
  network.doubted.delete(node.id);
  const { outage } = network;
  if (outage === undefined || !isRemote(node, step.options)) return;
  if (atMs < outage.sinceMs + IN_FLIGHT_MS) return;
  // Where the link is said to be down, that is not the one that leads to the nodes.
  if (network.linkUp === false) network.linkUp = undefined;
  endOutage(step, OTHERS_RETURN_MS);
}

/** The node went silent: its machine and the landmarks are to be asked. */
export function doubt(step: ClusterStep, node: NodeState): void {
  if (isRemote(node, step.options)) step.state.network.doubted.add(node.id);
}

/** The network is out, or was until now; `endsByMs` is set when it is back already. */
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
  // Without such nodes there is nothing that it leads to.
  if (![...state.nodes.values()].some((node) => isWatched(node) && isRemote(node, options))) return;
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

/** The next echo regains the sight; then no verdict comes sooner than `graceMs`. */
export function endOutage(step: ClusterStep, graceMs: number): void {
  step.state.network.outage = undefined;
  step.state.network.graceMs = graceMs;
  if (step.state.linkUp) step.sendEcho();
}
