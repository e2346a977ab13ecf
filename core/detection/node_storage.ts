/** What the heartbeats of a node report about its storage. */

import { isFault } from "../protocol/storage.ts";
import type { Heartbeat } from "../protocol/wire.ts";
import { type BucketRule, takeToken } from "../structures/token_bucket.ts";
import type { ClusterStep } from "./cluster_step.ts";
import type { NodeState } from "./node_state.ts";

/**
 * An agent knows the state of its storage within minutes after its start. An agent that reports
 * nothing for longer does not check it, even if an earlier session reported it.
 */
const SILENT_MS_MAX = 600_000;

/**
 * A fault begins and ends only a few times. A node that changes its report with each heartbeat must
 * not fill the hub's disk or use up the message budget of others. Heartbeats repeat the state, so
 * the last state still arrives.
 */
const CHANGES: BucketRule = { burst: 6, everyMs: 1_800_000 };

export function takeStorage(step: ClusterStep, node: NodeState, beat: Heartbeat): void {
  const before = node.storage?.state;
  const state = beat.storage;
  if (state === before || (state === undefined && beat.upMs < SILENT_MS_MAX)) return;
  if (!takeToken(node.storageChanges, CHANGES, step.nowMs)) return;
  node.storage = state && { state, sinceMs: step.nowMs, isChange: before !== undefined };
  const fault = state !== undefined && isFault(state) ? state : undefined;
  const isChange = before !== undefined;
  step.emit({ kind: "storage", node: node.id, fault, isChange, atMs: step.nowMs });
}

/** Whether the node is alive although its storage fails. */
export function isFailing({ storage, liveness }: NodeState): boolean {
  return storage !== undefined && isFault(storage.state) && liveness !== "dead" &&
    liveness !== "left";
}
