/**
 * One node: evidence becomes liveness. `deadlines.ts` decides what a silence means.
 *
 * A node is late after its announced interval plus one fixed margin. The margins are a little above
 * steps of TCP's retransmission back-off (1.66 s and 3.33 s), because over TCP a short outage looks
 * like a silence until the next retransmission. Nothing here is adaptive: at equal margin, adaptive
 * detectors make the same mistakes.
 */

import type { Birth, Farewell, FarewellReason, Heartbeat, LastWill } from "../protocol/wire.ts";
import { change, describe, type NodeState, type Transition } from "./node_state.ts";
import { beginSession, isRetired, resumesRetired } from "./sessions.ts";

/** After a last will a node has its interval plus at least this long to come back. */
const WILL_SLACK_MS = 1000;

/** The silence, beyond the announced interval, after which a verdict follows. */
export interface Timing {
  readonly suspectAfterMs: number;
  readonly deadAfterMs: number;
  readonly willAfterMs: number;
  /** How long a node may be away after a farewell that announces a return. */
  readonly rebootWithinMs: number;
}

/** Processes a live heartbeat. Returns whether it counts as a sign of life. */
export function acceptHeartbeat(node: NodeState, beat: Heartbeat, nowMs: number): boolean {
  if (isRetired(node, beat.session) && !resumesRetired(node, beat, nowMs)) return false;
  if (beat.session === node.leftSession) return false;
  if (beat.session === node.session) {
    // A repeated or reordered heartbeat carries no news.
    if (beat.seq <= node.seq) return false;
    if (node.seq >= 0) node.missed += beat.seq - node.seq - 1;
  } else beginSession(node, beat.session, nowMs);
  node.seq = beat.seq;
  node.everyMs = beat.everyMs;
  return true;
}

/**
 * Processes a live birth: the node has just connected. Returns whether it counts as a sign of life.
 */
export function acceptBirth(node: NodeState, birth: Birth, nowMs: number): boolean {
  const message = { session: birth.session, seq: Infinity };
  if (isRetired(node, birth.session) && !resumesRetired(node, message, nowMs)) return false;
  if (birth.session !== node.session) beginSession(node, birth.session, nowMs);
  node.leftSession = undefined;
  node.leftReason = undefined;
  describe(node, birth);
  return true;
}

/**
 * Processes a retained birth or last will. It names the node but proves nothing about the present.
 * A node that had said farewell must have started since then, so the observer now waits for it.
 */
export function hint(
  node: NodeState,
  message: Birth | LastWill,
  nowMs: number,
): Transition | undefined {
  const { kind, session } = message;
  if (isRetired(node, session)) return undefined;
  if (kind === "birth" && session !== node.session) node.hinted = message;
  const isBackUnseen = node.liveness === "left" && session !== node.leftSession;
  if (isBackUnseen) beginSession(node, session, nowMs);
  else if (node.session === undefined) node.session = session;
  if (kind === "birth" && (session === node.session || node.liveness === "unknown")) {
    describe(node, message);
  }
  return isBackUnseen ? change(node, "unknown", "birth", nowMs) : undefined;
}

/** A live last will of the current session makes the node suspect. It never makes it dead. */
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
 * Processes a farewell: the node stops on purpose, permanently or for a while. A retained farewell
 * counts too, because the farewell does not claim that the node is alive or dead now. It does not
 * end a session, because a broker may restore an old farewell from its disk.
 */
export function acceptFarewell(
  node: NodeState,
  farewell: Farewell,
  options: { readonly nowMs: number; readonly retained: boolean; readonly timing: Timing },
): Transition | undefined {
  const { nowMs, retained, timing } = options;
  const { session, reason } = farewell;
  if (isRetired(node, session)) return undefined;
  const backByMs = staysAway(reason) ? Infinity : nowMs + timing.rebootWithinMs;
  if (session === node.leftSession) {
    // Nodes repeat the farewell on each new connection. A wait that runs, or that ended in death,
    // stays.
    node.leftReason ??= reason;
    if (node.liveness === "left" && node.backByMs === Infinity) node.backByMs = backByMs;
    return undefined;
  }
  if (!retained && session !== node.session) beginSession(node, session, nowMs);
  node.leftSession = session;
  node.leftReason = reason;
  node.suspectAtMs = Infinity;
  node.deadAtMs = Infinity;
  node.backByMs = backByMs;
  node.echoBarrier = 0;
  return change(node, "left", reason === "unknown" ? "farewell" : reason, nowMs);
}

/**
 * Whether a node stays away after this farewell. An unknown reason does not count, because the node
 * may hang during a reboot.
 */
export function staysAway(reason: FarewellReason): boolean {
  return reason === "stop" || reason === "poweroff";
}
