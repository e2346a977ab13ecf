/** How a silence becomes a verdict: a deadline passes, and then an echo must return. */

import { isJudged, proofLinksOf } from "./link_state.ts";
import { machineAnswers, NetworkProofs } from "../network/network_proof.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { verdictMs } from "./deadlines.ts";
import { reportDuplicateId } from "./membership.ts";
import { Neighbours } from "./neighbours.ts";
import { beginOutage, doubt, isRemote, neighboursSince, RECOVERY_MS } from "./network_doubt.ts";
import { change, type NodeState, type Reason } from "./node_state.ts";

/**
 * A node that sent this long after another one should have was not disconnected together with it.
 */
const PROOF_SLACK_MS = 1000;

/** Handles all nodes whose deadline has passed. */
export function passDeadlines(step: ClusterStep): void {
  const { state, nowMs } = step;
  let seq = 0;
  for (const id of state.deadlines.takeDue(nowMs)) {
    const node = state.nodes.get(id);
    if (node === undefined) continue;
    if (node.duplicateUntilMs !== 0 && node.duplicateUntilMs <= nowMs) {
      reportDuplicateId(step, node);
    }
    // Only a broker that this observer does not see could have its messages.
    if (!isJudged(state, node)) continue;
    passSuspicion(step, node);
    if (node.echoBarrier === 0 && verdictMs(node) <= nowMs) {
      // One echo serves all nodes that are due now.
      if (seq === 0) seq = step.sendEcho();
      node.echoBarrier = seq;
      state.awaitingEcho.add(node);
    }
    step.schedule(node);
  }
}

export function passSuspicion(step: ClusterStep, node: NodeState): void {
  const { state, nowMs } = step;
  if (state.blind || node.liveness !== "alive" || node.suspectAtMs > nowMs) return;
  if (!isJudged(state, node)) return;
  step.emit(change(node, "suspect", "silence", node.suspectAtMs));
  doubt(step, node);
}

/** Decides after an echo came back quickly, or a broker was lost. */
export function decideAwaitingEcho(step: ClusterStep): void {
  const { state: { awaitingEcho }, options } = step;
  const due: NodeState[] = [];
  for (const node of [...awaitingEcho]) {
    const proof = node.echoBarrier === 0 ? "void" : echoProof(step, node);
    if (proof === "void") cancelVerdict(step, node);
    else if (proof === "proven") due.push(node);
  }
  const inDoubt = due.filter((node) => isRemote(node, options));
  const fromMs = inDoubt.reduce((ms, node) => Math.min(ms, proofFromMs(step, node)), Infinity);
  const witnesses = {
    neighbours: new Neighbours(inDoubt.length === 0 ? [] : neighboursSince(step, fromMs)),
    proofs: new NetworkProofs(step.state.network),
  };
  for (const node of due) {
    if (step.state.blind) return;
    if (isRemote(node, options)) decide(step, node, witnesses);
    else declareDead(step, node, reasonOf(node));
  }
}

/**
 * Whether each broker that could have the node's messages has answered since the deadline, and had
 * none. `void`: the node was heard meanwhile, or no broker that is seen could have them.
 */
function echoProof({ state }: ClusterStep, node: NodeState): "proven" | "open" | "void" {
  const links = proofLinksOf(state, node);
  if (links.length === 0) return "void";
  if (links.some(({ proven }) => proven.seq < node.echoBarrier)) return "open";
  const sentMs = Math.min(...links.map(({ proven }) => proven.sentMs));
  return verdictMs(node) <= sentMs ? "proven" : "void";
}

function cancelVerdict(step: ClusterStep, node: NodeState): void {
  step.state.awaitingEcho.delete(node);
  node.echoBarrier = 0;
  step.schedule(node);
}

/** What can prove the network to all nodes whose verdicts are due now. */
interface Witnesses {
  readonly neighbours: Neighbours;
  readonly proofs: NetworkProofs;
}

/** The broker answered after the deadline and had no heartbeat. Now the network must be proven. */
function decide(step: ClusterStep, node: NodeState, { neighbours, proofs }: Witnesses): void {
  const { state: { network }, nowMs } = step;
  const fromMs = proofFromMs(step, node);
  const silence = {
    node: node.id,
    fromMs,
    dueForMs: nowMs - verdictMs(node),
    neighbours: neighbours.of(node, fromMs),
    echoes: proofLinksOf(step.state, node).map(({ path }) => path),
  };
  switch (proofs.of(silence)) {
    // The answers of the landmarks, or a later echo, decide it.
    case "open":
      return doubt(step, node);
    case "refuted":
      return beginOutage(step, network.linkUp === false ? "no_link" : "network", undefined);
    case "recovering":
      return beginOutage(step, "network", nowMs + RECOVERY_MS);
    case "proven":
    case "none":
      return declareDead(step, node, reasonGiven(reasonOf(node), machineAnswers(network, silence)));
  }
}

/** The reason that the node itself gave is more exact than the fact that its machine answers. */
function reasonGiven(reason: Reason, answers: boolean): Reason {
  return answers && reason !== "not_started" && reason !== "not_returned" ? "agent_silent" : reason;
}

/**
 * A proof must be newer than the instant at which the node should have sent, plus a possible
 * network delay.
 */
function proofFromMs({ timing: { deadAfterMs } }: ClusterStep, node: NodeState): number {
  return verdictMs(node) - deadAfterMs + Math.min(PROOF_SLACK_MS, deadAfterMs / 2);
}

function declareDead(step: ClusterStep, node: NodeState, reason: Reason): void {
  const { awaitingEcho, network } = step.state;
  awaitingEcho.delete(node);
  node.echoBarrier = 0;
  const reach = network.places.get(node.id)?.reach;
  const transition = change(node, "dead", reason, verdictMs(node));
  if (transition === undefined) return;
  step.emit(reach === undefined ? transition : { ...transition, reach });
}

function reasonOf({ liveness, leftReason }: NodeState): Reason {
  switch (liveness) {
    case "unknown":
      // An earlier run of the observer knew the node. If its absence was no alarm then, it is none
      // now.
      return leftReason === "unknown" ? "not_returned" : "not_heard";
    case "left":
      if (leftReason === "restart") return "not_started";
      return leftReason === "unknown" ? "not_returned" : "not_back";
    default:
      return "silence";
  }
}

/** The echo was slow, so the verdicts wait for the next one. */
export function raiseBarrierAgain(step: ClusterStep): void {
  const { awaitingEcho } = step.state;
  const seq = step.sendEcho();
  for (const node of awaitingEcho) {
    // The node was heard meanwhile, so its verdict is cancelled.
    if (node.echoBarrier === 0) awaitingEcho.delete(node);
    else node.echoBarrier = seq;
  }
}
