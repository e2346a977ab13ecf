/**
 * One node: evidence and silence become liveness.
 *
 * An announced interval plus one fixed margin. The margins sit just above rungs of TCP's
 * retransmission ladder (1.66 s and 3.33 s), for over TCP a short outage is heard as a silence up to
 * the next rung. Nothing here is adaptive: at equal margin adaptive detectors make the same mistakes.
 */

import { change, type NodeState, type Transition } from "./node_state.ts";
import { beginSession, isRetired, speaksAgain } from "./sessions.ts";
import type { Birth, Farewell, Heartbeat, LastWill } from "./wire.ts";

/** After a last will a node has at least this long beyond its interval to come back. */
const WILL_SLACK_MS = 1000;
/** A node that was never heard in this run has at least this long to speak up. */
const FIRST_GRACE_MS = 10_000;

/** Silence beyond the announced interval until a verdict. */
export interface Timing {
  readonly suspectAfterMs: number;
  readonly deadAfterMs: number;
  readonly willAfterMs: number;
}

/** A live heartbeat. Says whether it counts as a sign of life. */
export function acceptHeartbeat(node: NodeState, beat: Heartbeat, nowMs: number): boolean {
  if (isRetired(node, beat.session) && !speaksAgain(node, beat, nowMs)) return false;
  if (beat.session === node.leftSession) return false;
  if (beat.session === node.session) {
    // A repeated or reordered heartbeat is old news.
    if (beat.seq <= node.seq) return false;
    if (node.seq >= 0) node.missed += beat.seq - node.seq - 1;
  } else beginSession(node, beat.session, nowMs);
  node.seq = beat.seq;
  node.everyMs = beat.everyMs;
  return true;
}

/** A live birth: the node has connected just now. Says whether it counts as a sign of life. */
export function acceptBirth(node: NodeState, birth: Birth, nowMs: number): boolean {
  const voice = { session: birth.session, seq: Infinity };
  if (isRetired(node, birth.session) && !speaksAgain(node, voice, nowMs)) return false;
  if (birth.session !== node.session) beginSession(node, birth.session, nowMs);
  node.leftSession = undefined;
  describe(node, birth);
  return true;
}

/**
 * A retained birth or last will is old news: it names the node and proves nothing about now. But a
 * node that had said farewell has been started since, so from now on it is missed.
 */
export function hint(
  node: NodeState,
  message: Birth | LastWill,
  nowMs: number,
): Transition | undefined {
  if (isRetired(node, message.session)) return undefined;
  const isBackUnseen = node.liveness === "left" && message.session !== node.leftSession;
  if (isBackUnseen) beginSession(node, message.session, nowMs);
  else if (node.session === undefined) node.session = message.session;
  if (message.kind === "birth" && node.session === message.session) describe(node, message);
  return isBackUnseen ? change(node, "unknown", "birth", nowMs) : undefined;
}

/** A live last will of the current session makes a suspect; it never decides. */
export function acceptWill(
  node: NodeState,
  will: LastWill,
  nowMs: number,
  timing: Timing,
): Transition | undefined {
  if (will.session !== node.session) return undefined;
  if (node.liveness !== "alive" && node.liveness !== "suspect") return undefined;
  const graceMs = Math.max(timing.willAfterMs, node.everyMs + WILL_SLACK_MS);
  node.deadAtMs = Math.min(node.deadAtMs, nowMs + graceMs);
  return change(node, "suspect", "last_will", nowMs);
}

/**
 * A farewell: the node stops on purpose. A retained one counts too, for it says nothing of life or
 * death; but it ends no session, since a broker may bring an older one back from its disk.
 */
export function acceptFarewell(
  node: NodeState,
  farewell: Farewell,
  options: { readonly nowMs: number; readonly retained: boolean },
): Transition | undefined {
  if (isRetired(node, farewell.session)) return undefined;
  if (!options.retained && farewell.session !== node.session) {
    beginSession(node, farewell.session, options.nowMs);
  }
  node.leftSession = farewell.session;
  node.suspectAtMs = Infinity;
  node.deadAtMs = Infinity;
  node.fence = 0;
  return change(node, "left", "farewell", options.nowMs);
}

/** A sign of life at `nowMs`: the node is alive, and every wait starts anew. */
export function revive(
  node: NodeState,
  reason: "heartbeat" | "birth",
  nowMs: number,
  timing: Timing,
): Transition | undefined {
  node.lastHeardMs = nowMs;
  node.suspectAtMs = nowMs + node.everyMs + timing.suspectAfterMs;
  node.deadAtMs = nowMs + node.everyMs + timing.deadAfterMs;
  node.fence = 0;
  node.expected = true;
  return change(node, "alive", reason, nowMs);
}

/**
 * The observer sees again: whoever was silent meanwhile gets a whole wait, and after a lost
 * connection also the time that the node itself may need to reconnect to the same broker.
 */
export function grantAnew(
  node: NodeState,
  nowMs: number,
  options: {
    readonly timing: Timing;
    readonly reconnected: boolean;
    readonly firstGraceMs?: number;
  },
): void {
  node.fence = 0;
  if (node.liveness === "dead" || node.liveness === "left") return;
  const { suspectAfterMs, deadAfterMs } = options.timing;
  const fromMs = nowMs + node.everyMs + (options.reconnected ? node.reconnectMs : 0);
  if (node.liveness === "unknown") {
    const { firstGraceMs = FIRST_GRACE_MS } = options;
    const graceMs = Math.max(firstGraceMs, 2 * node.everyMs + node.reconnectMs + deadAfterMs);
    node.deadAtMs = nowMs + graceMs;
    return;
  }
  node.suspectAtMs = Math.max(node.suspectAtMs, fromMs + suspectAfterMs);
  node.deadAtMs = Math.max(node.deadAtMs, fromMs + deadAfterMs);
}

/** When this node wants to be looked at, if nothing is heard of it before. */
export function nodeDeadlineMs(node: NodeState): number {
  const rivalMs = node.rivalUntilMs === 0 ? Infinity : node.rivalUntilMs;
  if (node.liveness === "alive") return Math.min(node.suspectAtMs, rivalMs);
  if (node.fence !== 0) return rivalMs;
  return Math.min(node.deadAtMs, rivalMs);
}

function describe(node: NodeState, birth: Birth): void {
  node.name = birth.name;
  node.everyMs = birth.everyMs;
  node.reconnectMs = birth.reconnectMs;
  node.facts = birth.facts;
}
