/** What the heartbeats of a node say of its storage. */

import { isFault } from "../protocol/storage.ts";
import type { Heartbeat } from "../protocol/wire.ts";
import { type BucketRule, takeToken } from "../structures/token_bucket.ts";
import type { ClusterStep } from "./cluster_step.ts";
import type { NodeState } from "./node_state.ts";

/**
 * An agent knows how its storage is within minutes of its start. One that says nothing for longer does
 * not check it, whatever an earlier session said.
 */
const SILENT_MS_MAX = 600_000;

/**
 * A fault begins and ends a few times at most. Whoever says something else with each heartbeat must
 * neither fill the disk of the hub nor use up the messages of others. Heartbeats repeat what is so, so
 * it is heard in the end.
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

/** Whether it lives on although its storage fails. */
export function isFailing({ storage, liveness }: NodeState): boolean {
  return storage !== undefined && isFault(storage.state) && liveness !== "dead" &&
    liveness !== "left";
}
