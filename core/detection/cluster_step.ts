/** One step of the cluster machine: its instant, what it changes, and the outputs so far. */

import type { ClusterOptions, ClusterOutput, ClusterState } from "./cluster_state.ts";
import { nodeDeadlineMs } from "./deadlines.ts";
import type { Timing } from "./detector.ts";
import type { NodeState } from "./node_state.ts";

/** A shorter time between two steps is not worth a look at what came meanwhile. */
const GAP_MS_MIN = 100;
/** What lay unread during a gap is read within this time after it. */
const BACKLOG_MS_MAX = 1000;

export class ClusterStep {
  readonly state: ClusterState;
  readonly options: ClusterOptions;
  readonly nowMs: number;
  /** Nothing that is read in this step was there to be read before. */
  readonly readableMs: number;
  readonly outputs: ClusterOutput[] = [];

  constructor(state: ClusterState, options: ClusterOptions, nowMs: number) {
    this.state = state;
    this.options = options;
    this.nowMs = nowMs;
    this.readableMs = readableMs(state, nowMs);
    state.lastStepMs = nowMs;
  }

  get timing(): Timing {
    return this.options.timing;
  }

  emit(output: ClusterOutput | undefined): void {
    if (output !== undefined) this.outputs.push(output);
  }

  /** Looks at the node again when its deadline has come. */
  schedule(node: NodeState): void {
    if (!this.state.blind) this.state.deadlines.schedule(node.id, nodeDeadlineMs(node));
  }

  sendEcho(): number {
    const seq = this.state.echoBarrier.send(this.nowMs);
    this.emit({ kind: "send_echo", seq });
    return seq;
  }
}

/** An observer that did not run reads late; one that waited for the next message does not look different. */
function readableMs(state: ClusterState, nowMs: number): number {
  const gapMs = nowMs - state.lastStepMs;
  const untilMs = nowMs + Math.min(gapMs, BACKLOG_MS_MAX);
  if (gapMs >= GAP_MS_MIN && gapMs < Infinity && untilMs >= state.backlogUntilMs) {
    state.backlogFromMs = state.lastStepMs;
    state.backlogUntilMs = untilMs;
  }
  return nowMs < state.backlogUntilMs ? state.backlogFromMs : state.lastStepMs;
}
