/** What the heartbeats of a node say of its storage. */

import type { ClusterStep } from "./cluster_step.ts";
import type { NodeState } from "./node_state.ts";
import { isFault } from "./storage.ts";
import { type BucketRule, takeToken } from "./token_bucket.ts";
import type { Heartbeat } from "./wire.ts";

/**
 * An agent knows how its storage is within minutes of its start. One that says nothing for longer does
 * not check it, whatever an earlier session said.
 */
const SILENT_MS_MAX = 600_000;

/**
 * Agents look at their storage once a minute. Whoever says something else with each heartbeat must not
 * fill the disk of the hub. Heartbeats repeat what is so, so it is heard in the end.
 */
const CHANGES: BucketRule = { burst: 10, everyMs: 300_000 };

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

/** Whether it lives on although its storage fails. */
export function isFailing({ storage, liveness }: NodeState): boolean {
  return storage !== undefined && isFault(storage.state) && liveness !== "dead" &&
    liveness !== "left";
}
