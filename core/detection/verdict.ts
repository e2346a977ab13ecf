/** How a silence becomes a verdict: deadlines that pass, and the fence that must come back before. */

import { machineAnswers, networkProof, type Silence } from "../network/network_proof.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { verdictMs } from "./deadlines.ts";
import { reportDuplicateId } from "./membership.ts";
import { beginOutage, doubt, isRemote, neighboursSince, RECOVERY_MS } from "./network_doubt.ts";
import { change, type NodeState, type Reason } from "./node_state.ts";

/** A node that beat this long after another one should have was not cut off along with it. */
const PROOF_SLACK_MS = 1000;

/** Everybody whose deadline has come. */
export function passDeadlines(step: ClusterStep): void {
  const { state, nowMs } = step;
  let seq = 0;
  for (const id of state.deadlines.takeDue(nowMs)) {
    const node = state.nodes.get(id);
    if (node === undefined) continue;
    if (node.duplicateUntilMs !== 0 && node.duplicateUntilMs <= nowMs) {
      reportDuplicateId(step, node);
    }
    passSuspicion(step, node);
    if (node.echoBarrier === 0 && verdictMs(node) <= nowMs) {
      // One echo serves every node that is due now.
      if (seq === 0) seq = step.sendEcho();
      node.echoBarrier = seq;
      state.awaitingEcho.add(node);
    }
    step.schedule(node);
  }
}

export function passSuspicion(step: ClusterStep, node: NodeState): void {
  if (step.state.blind || node.liveness !== "alive" || node.suspectAtMs > step.nowMs) return;
  step.emit(change(node, "suspect", "silence", node.suspectAtMs));
  doubt(step, node);
}

/** Echo `seq`, sent at `sentMs`, came back quickly. */
export function decideAwaitingEcho(step: ClusterStep, seq: number, sentMs: number): void {
  const { state: { awaitingEcho }, options } = step;
  const due: NodeState[] = [];
  for (const node of [...awaitingEcho]) {
    if (node.echoBarrier === 0) awaitingEcho.delete(node);
    else if (node.echoBarrier <= seq && verdictMs(node) <= sentMs) due.push(node);
    else if (node.echoBarrier <= seq) release(step, node);
  }
  const inDoubt = due.filter((node) => isRemote(node, options));
  const fromMs = Math.min(...inDoubt.map((node) => proofFromMs(step, node)));
  const neighbours = inDoubt.length === 0 ? [] : neighboursSince(step, fromMs);
  for (const node of due) {
    if (step.state.blind) return;
    if (isRemote(node, options)) decide(step, node, neighbours);
    else die(step, node, reasonOf(node));
  }
}

/** Heard meanwhile: its verdict is off. */
function release(step: ClusterStep, node: NodeState): void {
  step.state.awaitingEcho.delete(node);
  node.echoBarrier = 0;
  step.schedule(node);
}

/** The broker has been asked after the deadline, and had no heartbeat: the network has to be proven. */
function decide(step: ClusterStep, node: NodeState, heard: readonly NodeState[]): void {
  const { state: { network }, nowMs } = step;
  const fromMs = proofFromMs(step, node);
  const neighbours = neighboursOf(node, heard, fromMs);
  const silence = { node: node.id, fromMs, dueForMs: nowMs - verdictMs(node), neighbours };
  switch (networkProof(network, silence)) {
    // The answers of the landmarks, or a later echo, decide it.
    case "open":
      return doubt(step, node);
    case "refuted":
      return beginOutage(step, network.linkUp === false ? "no_link" : "network", undefined);
    case "recovering":
      return beginOutage(step, "network", nowMs + RECOVERY_MS);
    case "proven":
    case "none":
      return die(step, node, reasonGiven(reasonOf(node), machineAnswers(network, silence)));
  }
}

/** What the node itself said of its end says more than that its machine answers. */
function reasonGiven(reason: Reason, answers: boolean): Reason {
  return answers && reason !== "not_started" && reason !== "not_returned" ? "agent_silent" : reason;
}

function neighboursOf(
  node: NodeState,
  heard: readonly NodeState[],
  fromMs: number,
): Silence["neighbours"] {
  const steadySinceMs = Math.max(node.lastHeardMs ?? -Infinity, fromMs);
  let anyone: Silence["neighbours"] = "none";
  // The first one that is steady decides: half of a large cluster may die at once.
  for (const other of heard) {
    if (other === node || (other.lastHeardMs ?? 0) < fromMs) continue;
    if (other.steadyFromMs <= steadySinceMs) return "steady";
    anyone = "late";
  }
  return anyone;
}

/** A proof must be younger than when the node should have spoken, plus what a network may delay. */
function proofFromMs({ timing: { deadAfterMs } }: ClusterStep, node: NodeState): number {
  return verdictMs(node) - deadAfterMs + Math.min(PROOF_SLACK_MS, deadAfterMs / 2);
}

function die(step: ClusterStep, node: NodeState, reason: Reason): void {
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
      // An earlier run of the observer knew it: what was not worth an alarm then is not worth one now.
      return leftReason === "unknown" ? "not_returned" : "not_heard";
    case "left":
      if (leftReason === "restart") return "not_started";
      return leftReason === "unknown" ? "not_returned" : "not_back";
    default:
      return "silence";
  }
}

/** The echo that verdicts wait for was slow: they wait for the next one. */
export function raiseBarrierAgain(step: ClusterStep): void {
  const { awaitingEcho } = step.state;
  const seq = step.sendEcho();
  for (const node of awaitingEcho) {
    // Heard meanwhile: its verdict is off.
    if (node.echoBarrier === 0) awaitingEcho.delete(node);
    else node.echoBarrier = seq;
  }
}
