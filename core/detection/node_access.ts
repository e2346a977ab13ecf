/** What the vitals of a node say about how a person reaches it. */

import { accessFaultOf, type Ways } from "../protocol/ways.ts";
import { type BucketRule, takeToken } from "../structures/token_bucket.ts";
import type { ClusterStep } from "./cluster_step.ts";
import type { NodeState } from "./node_state.ts";

/** As for storage: a node that changes its report again and again must not bother anybody. */
const CHANGES: BucketRule = { burst: 6, everyMs: 1_800_000 };

/** The first report of a node also ends what an earlier run of the observer knew of. */
export function takeWays(step: ClusterStep, node: NodeState, ways: Ways | undefined): void {
  node.ways = ways;
  const fault = accessFaultOf(ways);
  const before = node.access;
  if (before !== undefined && before.fault === fault) return;
  if (!takeToken(node.accessChanges, CHANGES, step.nowMs)) return;
  node.access = { fault };
  const isChange = before !== undefined;
  step.emit({ kind: "access", node: node.id, fault, isChange, atMs: step.nowMs });
}
