/** What one node says in one topic: how much of it is heard, and which message waits. */

import {
  type BucketRule,
  newBucket,
  takeToken,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

export interface LaneRule extends BucketRule {
  /** How far apart messages are let in while a storm lasts; empty: as the bucket says. */
  readonly paces: readonly Pace[];
}

export interface Pace {
  /** A storm that has lasted this long ... */
  readonly afterMs: number;
  /** ... is heard once in this time. */
  readonly everyMs: number;
}

/** A storm is over when for so long nothing came faster than the bucket refills. */
const CALM_MS = 60_000;

/** The newest message that could not be let in. */
interface Waiting<Message> {
  readonly message: Message;
  /** Since when one waits here, this one or one before. */
  readonly sinceMs: number;
  /** Counts up over all messages. */
  readonly order: number;
}

export interface Lane<Message> {
  waiting: Waiting<Message> | undefined;
  /** What was let in. */
  readonly passed: TokenBucket;
  passedMs: number;
  /** What came, by the same rule. */
  readonly came: TokenBucket;
  stormSinceMs: number;
  /** When something came last for which there was no token. */
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

/** A message has come: it waits in the place of the one before. */
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

/** When the next message may be let in. */
export function readyMs<Message>(lane: Lane<Message>, rule: LaneRule, nowMs: number): number {
  return Math.max(tokenAtMs(lane.passed, rule), lane.passedMs + paceMs(lane, rule, nowMs));
}

/** The message that waits is let in. */
export function letIn<Message>(lane: Lane<Message>, rule: LaneRule, nowMs: number): void {
  takeToken(lane.passed, rule, nowMs);
  lane.passedMs = nowMs;
  lane.waiting = undefined;
}

/** Nothing of it needs to be remembered. */
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
