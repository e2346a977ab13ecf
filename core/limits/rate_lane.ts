/** The messages of one node in one topic: how many are processed, and which one waits. */

import {
  type BucketRule,
  newBucket,
  takeToken,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

export interface LaneRule extends BucketRule {
  /** The minimum intervals of messages during a storm; empty: only the bucket limits them. */
  readonly paces: readonly Pace[];
}

export interface Pace {
  /** When a storm has lasted this long ... */
  readonly afterMs: number;
  /** ... one message is processed in this time. */
  readonly everyMs: number;
}

/** A storm ends when nothing came faster than the bucket refills for this long. */
const CALM_MS = 60_000;

/** The newest message that exceeded the limit. */
interface Waiting<Message> {
  readonly message: Message;
  /** Since when a message waits here, this one or a replaced one. */
  readonly sinceMs: number;
  /** Increases with every message. */
  readonly order: number;
}

export interface Lane<Message> {
  waiting: Waiting<Message> | undefined;
  /** The processed messages. */
  readonly passed: TokenBucket;
  passedMs: number;
  /** The received messages, by the same rule. */
  readonly came: TokenBucket;
  stormSinceMs: number;
  /** When the last message came for which there was no token. */
  stormMs: number;
}

export function newLane<Message>(): Lane<Message> {
  return {
    waiting: undefined,
    passed: newBucket(),
    passedMs: -Infinity,
    came: newBucket(),
    stormSinceMs: -Infinity,
    stormMs: -Infinity,
  };
}

/**
 * Takes a message if nothing waits and it need not wait either, as nearly always. Returns whether it
 * did.
 */
export function passesAtOnce<Message>(
  lane: Lane<Message>,
  rule: LaneRule,
  nowMs: number,
): boolean {
  // The message itself may begin a storm, and then waits.
  if (tokenAtMs(lane.came, rule) > nowMs || readyMs(lane, rule, nowMs) > nowMs) return false;
  takeToken(lane.came, rule, nowMs);
  markProcessed(lane, rule, nowMs);
  return true;
}

/** Takes a message, which replaces the waiting one. */
export function arrive<Message>(
  lane: Lane<Message>,
  { message, order, rule, nowMs }: {
    readonly message: Message;
    readonly order: number;
    readonly rule: LaneRule;
    readonly nowMs: number;
  },
): void {
  if (!takeToken(lane.came, rule, nowMs)) {
    if (!isStorm(lane, nowMs)) lane.stormSinceMs = nowMs;
    lane.stormMs = nowMs;
  }
  lane.waiting = { message, order, sinceMs: lane.waiting?.sinceMs ?? nowMs };
}

/** When the next message may be processed. */
export function readyMs<Message>(lane: Lane<Message>, rule: LaneRule, nowMs: number): number {
  return Math.max(tokenAtMs(lane.passed, rule), lane.passedMs + paceMs(lane, rule, nowMs));
}

/** Marks the waiting message as processed. */
export function markProcessed<Message>(lane: Lane<Message>, rule: LaneRule, nowMs: number): void {
  takeToken(lane.passed, rule, nowMs);
  lane.passedMs = nowMs;
  lane.waiting = undefined;
}

/** Whether the lane can be forgotten. */
export function isIdle<Message>(lane: Lane<Message>, nowMs: number): boolean {
  const { waiting, passed, came } = lane;
  return waiting === undefined && passed.fullMs <= nowMs && came.fullMs <= nowMs &&
    !isStorm(lane, nowMs);
}

function isStorm<Message>({ stormMs }: Lane<Message>, nowMs: number): boolean {
  return nowMs - stormMs < CALM_MS;
}

function paceMs<Message>(lane: Lane<Message>, { paces }: LaneRule, nowMs: number): number {
  if (!isStorm(lane, nowMs)) return 0;
  const lastsMs = nowMs - lane.stormSinceMs;
  return paces.findLast(({ afterMs }) => lastsMs >= afterMs)?.everyMs ?? 0;
}
