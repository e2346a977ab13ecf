/** How many presses of other buttons count, because a stolen Pi may send presses without end. */

import {
  type BucketRule,
  newBucket,
  takeToken,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/**
 * This many presses in a row count: people press twice, and several Pis may die one after another.
 */
export const PRESSES_MAX = 5;
/** After those, one press counts in this time. */
export const PRESS_EVERY_MS = 10 * 60_000;

const RULE: BucketRule = { burst: PRESSES_MAX, everyMs: PRESS_EVERY_MS };

export type PressBudget = TokenBucket;

export function newPressBudget(): PressBudget {
  return newBucket();
}

/** Takes one press from the budget. Returns false if none is left. */
export function takePress(budget: PressBudget, nowMs: number): boolean {
  return takeToken(budget, RULE, nowMs);
}
