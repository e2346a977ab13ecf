/** The sessions of a node: the current one, and those that are over. */

import type { Birth, Facts } from "../protocol/wire.ts";
import { describe, type NodeState } from "./node_state.ts";
import { forgetQueueDelay } from "./queue_delay.ts";

/** The number of earlier sessions whose late messages are recognised. */
const RETIRED_MAX = 8;
/** A session that still sends this long after it was replaced belongs to a second machine. */
const DUPLICATE_AFTER_MS = 3000;
/** A second machine is reported until this long after its last message. */
const DUPLICATE_MEMORY_MS = 60_000;

/** Whether a newer session replaced this one. */
export function isRetired(node: NodeState, session: string): boolean {
  return node.retired.some((retired) => retired.session === session);
}

/**
 * Whether a message of a retired session may be one that waited in a broker, while another broker
 * brought the next session. Such messages come all at once. A second machine goes on sending.
 */
export function isLeftover(node: NodeState, session: string, nowMs: number): boolean {
  const retired = node.retired.find((one) => one.session === session);
  if (retired === undefined) return false;
  retired.againMs ??= nowMs;
  return nowMs - retired.againMs < DUPLICATE_AFTER_MS;
}

/** Restores sessions from before a restart of the observer, newest first. They are over. */
export function restoreRetired(node: NodeState, sessions: readonly string[], nowMs: number): void {
  for (const session of sessions.slice(0, RETIRED_MAX)) {
    node.retired.push({ session, serial: undefined, atMs: nowMs, seq: -1 });
  }
}

/** Makes this session the current one of the node. */
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
 * Whether a live birth shows an unannounced reboot. It returns false if the present session may not
 * be over: a second machine with the same id has another boot id, too.
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
  // One board runs one kernel at a time. Without serial numbers only silence shows that it
  // rebooted.
  if (board !== undefined && boardAfter !== undefined) return board === boardAfter;
  const silenceMs = nowMs - (node.lastHeardMs ?? Infinity);
  return node.duplicateUntilMs <= nowMs && silenceMs >= node.everyMs + DUPLICATE_AFTER_MS;
}

/**
 * A retired session that still sends belongs to a second machine (a cloned SD card). When the
 * session that replaced it goes silent, the retired one counts again, because a machine with this
 * id is alive.
 */
export function resumesRetired(
  node: NodeState,
  message: { readonly session: string; readonly seq: number },
  nowMs: number,
): boolean {
  const index = node.retired.findIndex(({ session }) => session === message.session);
  const retired = node.retired[index];
  if (retired === undefined || message.seq <= retired.seq) return false;
  if (Number.isFinite(message.seq)) retired.seq = message.seq;
  if (nowMs - retired.atMs < DUPLICATE_AFTER_MS) return false;
  node.duplicateUntilMs = nowMs + DUPLICATE_MEMORY_MS;
  if (node.liveness === "alive") return false;
  node.retired.splice(index, 1);
  beginSession(node, message.session, nowMs);
  return true;
}

/** The board serial numbers of the machines that use this id, if their births contained them. */
export function claimingSerials(node: NodeState): readonly string[] {
  const serials = [serialOf(node.facts), ...node.retired.map((retired) => retired.serial)];
  return [...new Set(serials.filter((serial) => serial !== undefined))];
}

/** `undefined` also for the zeros of a board without a serial number. */
function serialOf(facts: Facts): string | undefined {
  const serial = textOf(facts, "serial");
  return serial === undefined || /^0+$/.test(serial) ? undefined : serial;
}

function textOf(facts: Facts, key: string): string | undefined {
  const text = facts[key];
  return typeof text === "string" && text !== "" ? text : undefined;
}
