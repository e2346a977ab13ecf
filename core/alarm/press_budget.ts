/** How many presses of others are believed: whoever stole a Pi presses its button without end. */

import {
  type BucketRule,
  newBucket,
  takeToken,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** So many in a row are believed: people press twice, and one Pi may die after another. */
export const PRESSES_MAX = 5;
/** After those one in this time. */
export const PRESS_EVERY_MS = 10 * 60_000;

const RULE: BucketRule = { burst: PRESSES_MAX, everyMs: PRESS_EVERY_MS };

export type PressBudget = TokenBucket;

export function newPressBudget(): PressBudget {
  return newBucket();
}

/** Takes one press out of the budget; false when none is left, which costs nothing. */
export function takePress(budget: PressBudget, nowMs: number): boolean {
  return takeToken(budget, RULE, nowMs);
}
