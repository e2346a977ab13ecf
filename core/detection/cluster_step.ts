/** One step of the cluster machine: its instant, its changes and its outputs. */

import type { ClusterOptions, ClusterOutput, ClusterState } from "./cluster_state.ts";
import { nodeDeadlineMs } from "./deadlines.ts";
import type { Timing } from "./detector.ts";
import { isJudged } from "./link_state.ts";
import type { NodeState } from "./node_state.ts";

/** Gaps between two steps that are shorter than this are ignored. */
const GAP_MS_MIN = 100;
/** A backlog that arrived during a gap is read within this time after it. */
const BACKLOG_MS_MAX = 1000;

export class ClusterStep {
  readonly state: ClusterState;
  readonly options: ClusterOptions;
  readonly nowMs: number;
  /** Nothing that is read in this step was available before this instant. */
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

  /**
   * Schedules the next check of the node at its deadline, if the observer hears all nodes, and this
   * node by a broker that it sees.
   */
  schedule(node: NodeState): void {
    const { state } = this;
    if (state.blind || state.hearing !== "all") return;
    if (isJudged(state, node)) state.deadlines.schedule(node.id, nodeDeadlineMs(node));
    else state.deadlines.cancel(node.id);
  }

  /** Sends one echo through each broker. All of them have the same number. */
  sendEcho(): number {
    const { state, nowMs } = this;
    const seq = ++state.echoSeq;
    for (const { index, up, echoBarrier } of state.links) {
      if (!up) continue;
      echoBarrier.send(nowMs, seq);
      this.emit({ kind: "send_echo", seq, ...(index === 0 ? {} : { link: index }) });
    }
    return seq;
  }
}

/**
 * The earliest instant at which a message that is read now may have arrived. A gap may mean that
 * the observer did not run, or that there was nothing to read: the two look the same.
 */
function readableMs(state: ClusterState, nowMs: number): number {
  const gapMs = nowMs - state.lastStepMs;
  const untilMs = nowMs + Math.min(gapMs, BACKLOG_MS_MAX);
  if (gapMs >= GAP_MS_MIN && gapMs < Infinity && untilMs >= state.backlogUntilMs) {
    state.backlogFromMs = state.lastStepMs;
    state.backlogUntilMs = untilMs;
  }
  return nowMs < state.backlogUntilMs ? state.backlogFromMs : state.lastStepMs;
}
