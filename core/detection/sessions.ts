/** The sessions of a node: which one speaks for it, and which ones are over. */

import type { Birth, Facts } from "../protocol/wire.ts";
import { describe, type NodeState } from "./node_state.ts";
import { forgetQueueDelay } from "./queue_delay.ts";

/** Sessions that a node had before and whose late traffic is recognised. */
const RETIRED_MAX = 8;
/** A session that still speaks this long after another one took its place is a second machine. */
const DUPLICATE_AFTER_MS = 3000;
/** How long after its last word a second machine is still reported. */
const DUPLICATE_MEMORY_MS = 60_000;

/** Whether another session has taken the place of this one. */
export function isRetired(node: NodeState, session: string): boolean {
  return node.retired.some((retired) => retired.session === session);
}

/** A node from before a restart of the observer had these sessions, the newest first; they are over. */
export function restoreRetired(node: NodeState, sessions: readonly string[], nowMs: number): void {
  for (const session of sessions.slice(0, RETIRED_MAX)) {
    node.retired.push({ session, serial: undefined, atMs: nowMs, seq: -1 });
  }
}

/** From now on this session speaks for the node. */
export function beginSession(node: NodeState, session: string, nowMs: number): void {
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
  node.leftReason = undefined;
  node.backByMs = Infinity;
  node.seq = -1;
  forgetQueueDelay(node.queueDelay);
  node.factsAreOfSession = false;
  if (node.hinted?.session === session) describe(node, node.hinted);
  node.hinted = undefined;
}

/**
 * Whether a live birth tells of a reboot that nobody announced. Nothing is said where the present
 * session may not be over: a second machine of the same id has another boot id, too.
 */
export function isUnexpectedReboot(node: NodeState, birth: Birth, nowMs: number): boolean {
  const { session, leftSession, facts, factsAreOfSession } = node;
  if (session === undefined || session === birth.session || isRetired(node, birth.session)) {
    return false;
  }
  if (leftSession !== undefined || !factsAreOfSession) return false;
  const before = textOf(facts, "boot_id");
  const after = textOf(birth.facts, "boot_id");
  if (before === undefined || after === undefined || before === after) return false;
  const board = serialOf(facts);
  const boardAfter = serialOf(birth.facts);
  // One board runs one kernel at a time. Without serial numbers only silence tells.
  if (board !== undefined && boardAfter !== undefined) return board === boardAfter;
  const silenceMs = nowMs - (node.lastHeardMs ?? Infinity);
  return node.duplicateUntilMs <= nowMs && silenceMs >= node.everyMs + DUPLICATE_AFTER_MS;
}

/**
 * A retired session that goes on speaking belongs to a second machine (a cloned SD card). It counts
 * again once the session that took its place falls silent: somebody does live under this id.
 */
export function speaksAgain(
  node: NodeState,
  voice: { readonly session: string; readonly seq: number },
  nowMs: number,
): boolean {
  const index = node.retired.findIndex(({ session }) => session === voice.session);
  const retired = node.retired[index];
  if (retired === undefined || voice.seq <= retired.seq) return false;
  if (Number.isFinite(voice.seq)) retired.seq = voice.seq;
  if (nowMs - retired.atMs < DUPLICATE_AFTER_MS) return false;
  node.duplicateUntilMs = nowMs + DUPLICATE_MEMORY_MS;
  if (node.liveness === "alive") return false;
  node.retired.splice(index, 1);
  beginSession(node, voice.session, nowMs);
  return true;
}

/** The board serial numbers that claim this id, as far as their births told them. */
export function claimants(node: NodeState): readonly string[] {
  const serials = [serialOf(node.facts), ...node.retired.map((retired) => retired.serial)];
  return [...new Set(serials.filter((serial) => serial !== undefined))];
}

/** `undefined` also for the zeros of a board that has no number of its own. */
function serialOf(facts: Facts): string | undefined {
  const serial = textOf(facts, "serial");
  return serial === undefined || /^0+$/.test(serial) ? undefined : serial;
}

function textOf(facts: Facts, key: string): string | undefined {
  const text = facts[key];
  return typeof text === "string" && text !== "" ? text : undefined;
}
