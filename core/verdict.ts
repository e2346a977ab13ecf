/** How a silence becomes a verdict: deadlines that pass, and the fence that must come back before. */

import type { ClusterStep } from "./cluster_step.ts";
import { reportRivals } from "./membership.ts";
import { change, type NodeState, type Reason } from "./node_state.ts";
import { verdictMs } from "./waits.ts";

/** Everybody whose deadline has come. */
export function passDeadlines(step: ClusterStep): void {
  const { state, nowMs } = step;
  let seq = 0;
  for (const id of state.deadlines.takeDue(nowMs)) {
    const node = state.nodes.get(id);
    if (node === undefined) continue;
    if (node.rivalUntilMs !== 0 && node.rivalUntilMs <= nowMs) reportRivals(step, node);
    passSuspicion(step, node);
    if (node.fence === 0 && verdictMs(node) <= nowMs) {
      // One echo serves every node that is due now.
      if (seq === 0) seq = step.sendEcho();
      node.fence = seq;
      state.fenced.add(node);
    }
    step.schedule(node);
  }
}

export function passSuspicion(step: ClusterStep, node: NodeState): void {
  if (step.state.blind || node.liveness !== "alive" || node.suspectAtMs > step.nowMs) return;
  step.emit(change(node, "suspect", "silence", node.suspectAtMs));
}

/** Echo `seq`, sent at `sentMs`, came back quickly. */
export function decideFenced(step: ClusterStep, seq: number, sentMs: number): void {
  const { fenced } = step.state;
  for (const node of [...fenced]) {
    if (node.fence === 0) fenced.delete(node);
    else if (node.fence <= seq) decide(step, node, sentMs);
  }
}

/** The broker has been asked after the deadline, and it had no heartbeat. */
function decide(step: ClusterStep, node: NodeState, sentMs: number): void {
  step.state.fenced.delete(node);
  node.fence = 0;
  const dueMs = verdictMs(node);
  if (dueMs > sentMs) return step.schedule(node);
  step.emit(change(node, "dead", reasonOf(node), dueMs));
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
export function fenceAgain(step: ClusterStep): void {
  const { fenced } = step.state;
  const seq = step.sendEcho();
  for (const node of fenced) {
    // Heard meanwhile: its verdict is off.
    if (node.fence === 0) fenced.delete(node);
    else node.fence = seq;
  }
}
