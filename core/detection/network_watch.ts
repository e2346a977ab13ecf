/** When the cluster machine probes its own network, and when an outage of it begins and ends. */

import { isNetworkProven } from "../network/network_proof.ts";
import { landmarkKey } from "../network/network_state.ts";
import type { Probed, ProbeNode } from "../network/probe.ts";
import type { ClusterOptions, ClusterState } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { beginOutage, endOutage, isRemote, LATE_MS, RECOVERY_MS } from "./network_doubt.ts";
import type { NodeState } from "./node_state.ts";
import { raiseBarrierAgain } from "./verdict.ts";

/** The minimum time between two probes. */
const ASK_EVERY_MS = 1000;
/** The interval of probes during an outage of the network. */
const ASK_OUT_EVERY_MS = 3000;
/** The interval of probes when all is well. They show which landmarks answer at all. */
const CALIBRATE_EVERY_MS = 600_000;
/** A probe without an answer is abandoned after this time. */
const ANSWER_MS_MAX = 5000;
const NODES_PROBED_MAX = 32;
/**
 * After the network is back, an observer waits at most this long for the first node, because Wi-Fi
 * is slow.
 */
const RETURN_MS_MAX = 120_000;
/** After a shorter outage, the nodes need no time to find the network again. */
const SHORT_OUTAGE_MS = 10_000;
/** Nodes that are still silent after that get this much more time. */
const LAST_WAIT_MS = 15_000;

/** Processes whether an interface with carrier leads to the nodes. */
export function takeNetworkLink(step: ClusterStep, up: boolean | undefined): void {
  const { state: { network }, nowMs } = step;
  network.linkUp = up;
  if (up === false) return beginOutage(step, "no_link", undefined);
  // Another network may have other gateways, so a new probe must find which of them answer.
  if (up === true) network.probedMs = -Infinity;
  const { outage } = network;
  if (outage?.reason === "no_link") outage.endsByMs ??= nowMs + RETURN_MS_MAX;
}

export function takeProbed(step: ClusterStep, probed: Probed): void {
  const { state, nowMs } = step;
  const { network } = state;
  if (!network.isAsking || probed.seq !== network.probeSeq) return;
  network.isAsking = false;
  network.answers = probed;
  for (const result of probed.results) {
    const { target, answer, reach, device } = result;
    const key = landmarkKey(result);
    if (target.kind === "node") {
      if (state.nodes.has(target.node)) network.places.set(target.node, { reach, device });
    } else if (key !== undefined && reach !== "local") {
      if (answer === "answered" || answer === "refused") network.reliable.add(key);
    }
  }
  const { outage } = network;
  if (outage?.reason === "network" && isNetworkProven(network)) {
    const isShort = nowMs - outage.sinceMs < SHORT_OUTAGE_MS;
    outage.endsByMs ??= nowMs + (isShort ? RECOVERY_MS : RETURN_MS_MAX);
  }
  if (!state.blind && state.awaitingEcho.size > 0) raiseBarrierAgain(step);
}

/** Runs at a tick, and after each input that may have made a node suspect. */
export function passNetwork(step: ClusterStep): void {
  const { state, options, nowMs } = step;
  if (options.network === undefined) return;
  const { network } = state;
  if (returnEndMs(state) <= nowMs) endOutage(step, LAST_WAIT_MS);
  if (network.isAsking && network.probedMs + ANSWER_MS_MAX <= nowMs) network.isAsking = false;
  if (askMs(state) > nowMs) return;
  network.probeSeq++;
  network.probedMs = nowMs;
  network.isAsking = true;
  step.emit({ kind: "send_probe", seq: network.probeSeq, nodes: nodesToAsk(step) });
  network.doubted.clear();
}

/** When the network must be checked next if nothing else happens. */
export function networkDeadlineMs(state: ClusterState, { network }: ClusterOptions): number {
  return network === undefined ? Infinity : Math.min(returnEndMs(state), askMs(state));
}

/** The instant at which the observer stops waiting for a first node after its network is back. */
function returnEndMs({ network: { outage } }: ClusterState): number {
  return outage?.endsByMs ?? Infinity;
}

function askMs({ linkUp, blind, network }: ClusterState): number {
  const { isAsking, probedMs, outage, doubted } = network;
  if (!linkUp) return Infinity;
  if (isAsking) return probedMs + ANSWER_MS_MAX;
  if (outage !== undefined) {
    const isAway = outage.reason === "network" && outage.endsByMs === undefined;
    return isAway ? probedMs + ASK_OUT_EVERY_MS : Infinity;
  }
  if (blind) return Infinity;
  return probedMs + (doubted.size > 0 ? ASK_EVERY_MS : CALIBRATE_EVERY_MS);
}

/** The nodes on other machines, with the addresses that they announced. */
export function remoteNodes(
  { nodes }: ClusterState,
  options: Pick<ClusterOptions, "network">,
): readonly ProbeNode[] {
  return [...nodes.values()]
    .filter((node) => isRemote(node, options))
    .map((node) => ({ node: node.id, addresses: addressesOf(node) }));
}

/** The nodes in doubt, and the nodes that are silent at the same time. */
function nodesToAsk(step: ClusterStep): readonly ProbeNode[] {
  const { state: { network: { doubted, outage }, nodes }, options } = step;
  if (doubted.size === 0 && outage === undefined) return [];
  const inDoubt = [...doubted].flatMap((id) => nodes.get(id) ?? []);
  const silent = [...nodes.values()].filter((node) =>
    !doubted.has(node.id) && isOverdue(step, node)
  );
  return [...inDoubt, ...silent]
    .filter((node) => isRemote(node, options))
    .map((node) => ({ node: node.id, addresses: addressesOf(node) }))
    .filter(({ addresses }) => addresses.length > 0)
    .slice(0, NODES_PROBED_MAX);
}

/** Whether the node should have sent a heartbeat and is not dead yet. */
function isOverdue({ nowMs }: ClusterStep, node: NodeState): boolean {
  const { liveness, lastHeardMs = -Infinity, everyMs } = node;
  return (liveness === "alive" || liveness === "suspect") &&
    lastHeardMs + everyMs + LATE_MS < nowMs;
}

/** The addresses that the node announced. The caller must check them. */
function addressesOf({ facts }: NodeState): readonly string[] {
  const addresses = facts["addresses"];
  return Array.isArray(addresses) ? addresses : [];
}
