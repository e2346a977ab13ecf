/**
 * How long a node may be silent: its deadlines, and how they restart when the observer sees again.
 */

import type { Timing } from "./detector.ts";
import { change, type NodeState, type Transition } from "./node_state.ts";

/** The minimum grace of a node that was never heard in this run. */
const FIRST_GRACE_MS = 10_000;
/**
 * The next heartbeat may be this late, even if the last one was old when it was read. Later
 * heartbeats may still be unread in a broker that stalled together with the observer.
 */
const FRESH_SLACK_MS = 500;

/** Why an observer did not hear its nodes. */
export interface Outage {
  readonly timing: Timing;
  /** How long the observer did not run, if its connection stayed up; otherwise `undefined`. */
  readonly stalledMs: number | undefined;
  /** The nodes may have lost their connections as well. */
  readonly mustReconnect: boolean;
  /** The minimum grace of a node that was never heard in this run; 10 s if absent. */
  readonly firstGraceMs?: number;
  /** The minimum time from the end of the outage to the next verdict. */
  readonly leastMs?: number;
}

/**
 * A sign of life was read now and dates from `node.lastHeardMs`: the node is alive, and its
 * deadlines restart.
 */
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

/** The margin counts from the instant at which the node sent, but at least a part of it remains. */
function dueMs(fromMs: number, nowMs: number, marginMs: number): number {
  return Math.max(fromMs + marginMs, nowMs + Math.min(marginMs, FRESH_SLACK_MS));
}

/**
 * Restarts the deadlines when the observer sees again. A silent node gets a full interval and
 * margin. It also gets time to reconnect if it may have lost its connection. After a short stall,
 * in which no message was lost, it only gets the time until a living node sends next.
 */
export function resetDeadlines(node: NodeState, nowMs: number, outage: Outage): void {
  const { timing, stalledMs, mustReconnect, leastMs = 0 } = outage;
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
        setFirstDeadline(node, nowMs, outage);
        node.deadAtMs = Math.max(node.deadAtMs, nowMs + leastMs);
        return;
      }
  }
  // Messages from the time of a stall are still unread. Later messages keep their due times.
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

/** Sets the grace for a node that was not heard in this run yet. */
export function setFirstDeadline(
  node: NodeState,
  nowMs: number,
  { timing, firstGraceMs = FIRST_GRACE_MS }: Pick<Outage, "timing" | "firstGraceMs">,
): void {
  const leastMs = 2 * node.everyMs + node.reconnectMs + timing.deadAfterMs;
  node.deadAtMs = nowMs + Math.max(firstGraceMs, leastMs);
}

/** When the silence of a node becomes a verdict; `Infinity` if it cannot. */
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

/** When the node must be checked next if no message arrives before. */
export function nodeDeadlineMs(node: NodeState): number {
  const duplicateMs = node.duplicateUntilMs === 0 ? Infinity : node.duplicateUntilMs;
  if (node.liveness === "alive") return Math.min(node.suspectAtMs, duplicateMs);
  if (node.echoBarrier !== 0) return duplicateMs;
  return Math.min(verdictMs(node), duplicateMs);
}
