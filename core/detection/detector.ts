/**
 * One node: evidence becomes liveness. What silence makes of it is `deadlines.ts`.
 *
 * An announced interval plus one fixed margin. The margins sit just above rungs of TCP's
 * retransmission ladder (1.66 s and 3.33 s), for over TCP a short outage is heard as a silence up to
 * the next rung. Nothing here is adaptive: at equal margin adaptive detectors make the same mistakes.
 */

import type { Birth, Farewell, FarewellReason, Heartbeat, LastWill } from "../protocol/wire.ts";
import { change, describe, type NodeState, type Transition } from "./node_state.ts";
import { beginSession, isRetired, speaksAgain } from "./sessions.ts";

/** After a last will a node has at least this long beyond its interval to come back. */
const WILL_SLACK_MS = 1000;

/** Silence beyond the announced interval until a verdict. */
export interface Timing {
  readonly suspectAfterMs: number;
  readonly deadAfterMs: number;
  readonly willAfterMs: number;
  /** How long after its farewell a node that may come back must be back. */
  readonly rebootWithinMs: number;
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
  node.leftReason = undefined;
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
 * A farewell: the node stops on purpose, for ever or for a while. A retained one counts too, for it
 * says nothing of life or death; but it ends no session, since a broker may bring an older one back
 * from its disk.
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
    // Told again, as on each new connection: a wait that runs, or that has ended in death, stands.
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

/** A node that does not know why it stops may be one that hangs in its reboot. */
export function staysAway(reason: FarewellReason): boolean {
  return reason === "stop" || reason === "poweroff";
}
