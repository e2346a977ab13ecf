/** How long a node may be silent: its deadlines, and how they start anew when the observer sees again. */

import type { Timing } from "./detector.ts";
import { change, type NodeState, type Transition } from "./node_state.ts";

/** A node that was never heard in this run has at least this long to speak up. */
const FIRST_GRACE_MS = 10_000;
/**
 * However old a heartbeat is when it is read, the next one may come this much late: what a node said
 * meanwhile may lie unread in a broker that stalled together with the observer.
 */
const FRESH_SLACK_MS = 500;

/** What kept an observer from hearing its nodes. */
export interface Outage {
  readonly timing: Timing;
  /** For how long it did not run, where its connection stood all the while. */
  readonly stalledMs: number | undefined;
  /** The nodes may have lost their connections as well. */
  readonly mustReconnect: boolean;
  /** How long a node that was never heard in this run has at least; 10 s where left out. */
  readonly firstGraceMs?: number;
  /** No verdict comes sooner than this after the sight is regained. */
  readonly leastMs?: number;
}

/** A sign of life, read now and from `node.lastHeardMs`: the node is alive, and every wait starts anew. */
export function markAlive(
  node: NodeState,
  reason: "heartbeat" | "birth",
  { nowMs, timing }: { readonly nowMs: number; readonly timing: Timing },
): Transition | undefined {
  const fromMs = node.lastHeardMs ?? nowMs;
  node.suspectAtMs = node.everyMs + dueMs(fromMs, nowMs, timing.suspectAfterMs);
  node.deadAtMs = node.everyMs + dueMs(fromMs, nowMs, timing.deadAfterMs);
  node.backByMs = Infinity;
  node.echoBarrier = 0;
  node.expected = true;
  return change(node, "alive", reason, nowMs);
}

/** The margin counts from when the node spoke, yet some of it is left when that is read. */
function dueMs(fromMs: number, nowMs: number, marginMs: number): number {
  return Math.max(fromMs + marginMs, nowMs + Math.min(marginMs, FRESH_SLACK_MS));
}

/**
 * The observer sees again. Whoever was silent meanwhile gets a whole wait, and also the time to
 * reconnect where the node may have lost its connection; after a mere stall, in which nothing was
 * lost, the time in which a living node speaks next.
 */
export function resetDeadlines(node: NodeState, nowMs: number, deafness: Outage): void {
  const { timing, stalledMs, mustReconnect, leastMs = 0 } = deafness;
  node.echoBarrier = 0;
  switch (node.liveness) {
    case "dead":
      return;
    case "left":
      if (node.backByMs === Infinity) return;
      node.backByMs = Math.max(
        node.backByMs,
        nowMs + node.everyMs + node.reconnectMs + timing.deadAfterMs,
        nowMs + leastMs,
      );
      return;
    case "unknown":
      if (stalledMs === undefined || node.deadAtMs === Infinity) {
        grantFirst(node, nowMs, deafness);
        node.deadAtMs = Math.max(node.deadAtMs, nowMs + leastMs);
        return;
      }
  }
  // What a node said during a stall lies unread; what it was to say later is due when it was.
  const nextMs = Math.min(node.everyMs, stalledMs ?? Infinity);
  const fromMs = nowMs + nextMs + (mustReconnect ? node.reconnectMs : 0);
  const marginMs = (ms: number) => stalledMs === undefined ? ms : Math.min(ms, FRESH_SLACK_MS);
  node.suspectAtMs = Math.max(node.suspectAtMs, fromMs + marginMs(timing.suspectAfterMs));
  node.deadAtMs = Math.max(
    node.deadAtMs,
    fromMs + marginMs(timing.deadAfterMs),
    nowMs + leastMs,
  );
}

/** The wait for the first sign of life of a node that this run has not heard yet. */
export function grantFirst(
  node: NodeState,
  nowMs: number,
  { timing, firstGraceMs = FIRST_GRACE_MS }: Pick<Outage, "timing" | "firstGraceMs">,
): void {
  const leastMs = 2 * node.everyMs + node.reconnectMs + timing.deadAfterMs;
  node.deadAtMs = nowMs + Math.max(firstGraceMs, leastMs);
}

/** When the silence of a node becomes a verdict, `Infinity` where none can. */
export function verdictMs(node: NodeState): number {
  switch (node.liveness) {
    case "unknown":
    case "suspect":
      return node.deadAtMs;
    case "left":
      return node.backByMs;
    case "alive":
    case "dead":
      return Infinity;
  }
}

/** When this node wants to be looked at, if nothing is heard of it before. */
export function nodeDeadlineMs(node: NodeState): number {
  const rivalMs = node.duplicateUntilMs === 0 ? Infinity : node.duplicateUntilMs;
  if (node.liveness === "alive") return Math.min(node.suspectAtMs, rivalMs);
  if (node.echoBarrier !== 0) return rivalMs;
  return Math.min(verdictMs(node), rivalMs);
}
