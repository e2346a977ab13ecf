/**
 * How soon a change of a node is stored. A node that is late and back all day must not wear out the
 * disk.
 */

import type { Transition } from "../detection/node_state.ts";
import {
  type BucketRule,
  newBucket,
  takeToken,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** Each transaction writes about 20 KB. */
const RULE: BucketRule = { burst: 30, everyMs: 60_000 };

/** By node. */
export type WriteBudgets = Map<string, TokenBucket>;

/**
 * Whether a change may wait for the next transaction. A crash may lose that a node is late or no
 * longer late, because after a restart each node is checked anyway. Changes of which people are
 * notified never wait.
 */
export function mayWait(budgets: WriteBudgets, change: Transition, nowMs: number): boolean {
  const { node, from, to } = change;
  if (to !== "suspect" && !(from === "suspect" && to === "alive")) return false;
  const budget = budgets.get(node) ?? newBucket();
  budgets.set(node, budget);
  return !takeToken(budget, RULE, nowMs);
}
