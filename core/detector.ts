/**
 * One node: evidence and silence become liveness.
 *
 * An announced interval plus one fixed margin. The margins sit just above rungs of TCP's
 * retransmission ladder (1.66 s and 3.33 s), for over TCP a short outage is heard as a silence up to
 * the next rung. Nothing here is adaptive: at equal margin adaptive detectors make the same mistakes.
 */

import type { Liveness } from "./liveness.ts";
import type { Vitals } from "./vitals.ts";
import type { Birth, Facts, Farewell, Heartbeat, LastWill } from "./wire.ts";

/** Sessions that a node had before and whose late traffic is recognised. */
const RETIRED_MAX = 8;
/** A session that still speaks this long after another one took its place is a second machine. */
const RIVAL_AFTER_MS = 3000;
/** How long after its last word a second machine is still reported. */
const RIVAL_MEMORY_MS = 60_000;
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

/** Why a node changed its state. */
export type Reason = "heartbeat" | "birth" | "last_will" | "farewell" | "silence" | "not_heard";

/** A change of a node's liveness, dated by the evidence or by the deadline that passed. */
export interface Transition {
  readonly kind: "transition";
  readonly node: string;
  readonly from: Liveness;
  readonly to: Liveness;
  readonly reason: Reason;
  readonly atMs: number;
  /** The last sign of life, or `undefined` when this observer never heard one. */
  readonly lastHeardMs: number | undefined;
}

interface RetiredSession {
  readonly session: string;
  readonly serial: string | undefined;
  readonly atMs: number;
  seq: number;
}

/** What an observer knows of a node. Owned and changed by the cluster machine alone. */
export interface NodeState {
  readonly id: string;
  /** The user named it, or it was heard before: its absence is news. */
  expected: boolean;
  name: string | undefined;
  facts: Facts;
  vitals: Vitals | undefined;
  liveness: Liveness;
  sinceMs: number;
  session: string | undefined;
  readonly retired: RetiredSession[];
  /** The session that said farewell: its late heartbeats prove nothing. */
  leftSession: string | undefined;
  seq: number;
  everyMs: number;
  reconnectMs: number;
  lastHeardMs: number | undefined;
  suspectAtMs: number;
  deadAtMs: number;
  /** Number of the echo that must come back before the verdict; 0 when none is under way. */
  fence: number;
  /** Heartbeats that never came, by their sequence numbers: the quality of the link. */
  missed: number;
  restarts: number;
  /** Until when another machine is known to speak under this id; 0 when none is. */
  rivalUntilMs: number;
}

/** A node that is not heard yet. */
export function newNode(id: string, nowMs: number, expected: boolean): NodeState {
  return {
    id,
    expected,
    name: undefined,
    facts: {},
    vitals: undefined,
    liveness: "unknown",
    sinceMs: nowMs,
    session: undefined,
    retired: [],
    leftSession: undefined,
    seq: -1,
    everyMs: 1000,
    reconnectMs: 2000,
    lastHeardMs: undefined,
    suspectAtMs: Infinity,
    deadAtMs: Infinity,
    fence: 0,
    missed: 0,
    restarts: 0,
    rivalUntilMs: 0,
  };
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
  // An observer that stalled reads the will after the silence was due: whichever came first dates it.
  if (node.suspectAtMs <= nowMs) return change(node, "suspect", "silence", node.suspectAtMs);
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
  options: { readonly timing: Timing; readonly reconnected: boolean },
): void {
  node.fence = 0;
  if (node.liveness === "dead" || node.liveness === "left") return;
  const { suspectAfterMs, deadAfterMs } = options.timing;
  const fromMs = nowMs + node.everyMs + (options.reconnected ? node.reconnectMs : 0);
  if (node.liveness === "unknown") {
    const graceMs = Math.max(FIRST_GRACE_MS, 2 * node.everyMs + node.reconnectMs + deadAfterMs);
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

/** Changes the liveness; `undefined` when it was that already. */
export function change(
  node: NodeState,
  to: Liveness,
  reason: Reason,
  atMs: number,
): Transition | undefined {
  const from = node.liveness;
  if (from === to) return undefined;
  node.liveness = to;
  node.sinceMs = atMs;
  if (to === "dead") {
    node.suspectAtMs = Infinity;
    node.deadAtMs = Infinity;
  }
  const { id, lastHeardMs } = node;
  return { kind: "transition", node: id, from, to, reason, atMs, lastHeardMs };
}

function isRetired(node: NodeState, session: string): boolean {
  return node.retired.some((retired) => retired.session === session);
}

function beginSession(node: NodeState, session: string, nowMs: number): void {
  if (node.session !== undefined) {
    node.retired.unshift({
      session: node.session,
      serial: serialOf(node.facts),
      atMs: nowMs,
      seq: node.seq,
    });
    node.retired.splice(RETIRED_MAX);
    node.restarts++;
  }
  node.session = session;
  node.leftSession = undefined;
  node.seq = -1;
}

/**
 * A retired session that goes on speaking belongs to a second machine (a cloned SD card). It counts
 * again once the session that took its place has ended: somebody does live under this id.
 */
function speaksAgain(
  node: NodeState,
  voice: { readonly session: string; readonly seq: number },
  nowMs: number,
): boolean {
  const index = node.retired.findIndex(({ session }) => session === voice.session);
  const retired = node.retired[index];
  if (retired === undefined || voice.seq <= retired.seq) return false;
  if (Number.isFinite(voice.seq)) retired.seq = voice.seq;
  if (nowMs - retired.atMs < RIVAL_AFTER_MS) return false;
  node.rivalUntilMs = nowMs + RIVAL_MEMORY_MS;
  if (node.liveness !== "dead" && node.liveness !== "left") return false;
  node.retired.splice(index, 1);
  beginSession(node, voice.session, nowMs);
  return true;
}

/** The board serial numbers that claim this id, as far as their births told them. */
export function claimants(node: NodeState): readonly string[] {
  const serials = [serialOf(node.facts), ...node.retired.map((retired) => retired.serial)];
  return [...new Set(serials.filter((serial) => serial !== undefined))];
}

function serialOf(facts: Facts): string | undefined {
  const serial = facts.serial;
  return typeof serial === "string" && serial !== "" ? serial : undefined;
}

function describe(node: NodeState, birth: Birth): void {
  node.name = birth.name;
  node.everyMs = birth.everyMs;
  node.reconnectMs = birth.reconnectMs;
  node.facts = birth.facts;
}
