/** How soon a change of a node is written: one that is late and back all day must not wear out the disk. */

import type { Transition } from "../detection/node_state.ts";
import {
  type BucketRule,
  newBucket,
  takeToken,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** Each transaction writes some 20 KB. */
const RULE: BucketRule = { burst: 30, everyMs: 60_000 };

/** By node. */
export type WriteBudgets = Map<string, TokenBucket>;

/**
 * Whether a change may wait for the next transaction. That a node is late, and no longer, is no promise
 * to anybody: after a crash each node is looked at anew. What anybody is told of never waits.
 */
export function mayWait(budgets: WriteBudgets, change: Transition, nowMs: number): boolean {
  const { node, from, to } = change;
  if (to !== "suspect" && !(from === "suspect" && to === "alive")) return false;
  const budget = budgets.get(node) ?? newBucket();
  budgets.set(node, budget);
  return !takeToken(budget, RULE, nowMs);
}
