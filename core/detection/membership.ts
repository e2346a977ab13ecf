/** Which nodes are watched, and which ids are used by two machines. */

import { reservedIdReason } from "../protocol/reserved_id.ts";
import { NODES_MAX } from "../protocol/wire.ts";
import type { ClusterState, NodeRefused } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { grant, newHeardNode } from "./hearing.ts";
import { nameOf, type NodeState } from "./node_state.ts";
import { claimingSerials } from "./sessions.ts";

/** The maximum number of reported refusals, because anybody can invent ids. */
const REFUSED_REPORTED_MAX = 100;

/**
 * Returns the node, and adds it if it is new. A retained message may name a node that was never
 * heard: the node exists, so its absence is shown. A node of an earlier version may have an id that
 * is reserved now: it stays watched.
 */
export function nodeOf(step: ClusterStep, id: string): NodeState | undefined {
  const { state, options: { self, only, nodesMax = NODES_MAX } } = step;
  if (state.hearing === "hub") return undefined;
  const known = state.nodes.get(id);
  if (known !== undefined) return known;
  if (id === self || state.revoked.has(id) || (only && !only.includes(id))) return undefined;
  if (reservedIdReason(id) !== undefined) return refuse(step, id, "reserved");
  if (state.nodes.size >= nodesMax) return refuse(step, id, "full");
  const node = newHeardNode(step, id);
  state.nodes.set(id, node);
  grant(step, node);
  return node;
}

/** Whether this id is refused because a hub has its maximum of nodes. */
export function isBeyondMax({ nodes, revoked }: ClusterState, id: string): boolean {
  return nodes.size >= NODES_MAX && !nodes.has(id) && !revoked.has(id);
}

/** Reports a refused id once. All ids beyond the maximum of nodes are reported together, once. */
function refuse(step: ClusterStep, node: string, reason: NodeRefused["reason"]): undefined {
  const key = reason === "full" ? reason : `${reason} ${node}`;
  const { refused } = step.state;
  if (refused.has(key) || refused.size >= REFUSED_REPORTED_MAX) return undefined;
  refused.add(key);
  step.emit({ kind: "node_refused", node, reason });
}

/** Stops watching a node. */
export function remove(step: ClusterStep, id: string): void {
  const { state, nowMs } = step;
  const node = state.nodes.get(id);
  if (node === undefined) return;
  state.nodes.delete(id);
  state.deadlines.cancel(id);
  state.awaitingEcho.delete(node);
  state.duplicateIds.delete(id);
  state.network.doubted.delete(id);
  state.network.places.delete(id);
  step.emit({ kind: "removed", node: id, atMs: nowMs });
}

/** Gives a node another name. An unknown node is ignored. */
export function rename(step: ClusterStep, id: string, name: string | undefined): void {
  const node = step.state.nodes.get(id);
  if (node === undefined) return;
  node.givenName = name;
  step.emit({ kind: "renamed", node: id, givenName: name, name: nameOf(node) });
}

/** Reports once that a second machine uses this id, and once that it no longer does. */
export function reportDuplicateId(step: ClusterStep, node: NodeState): void {
  if (node.duplicateUntilMs === 0) return;
  const { state: { duplicateIds }, nowMs } = step;
  const present = node.duplicateUntilMs > nowMs;
  const isNew = duplicateIds.has(node.id) !== present;
  if (present) duplicateIds.add(node.id);
  else {
    duplicateIds.delete(node.id);
    node.duplicateUntilMs = 0;
  }
  if (!isNew) return;
  step.emit({
    kind: "duplicate_id",
    node: node.id,
    present,
    serials: claimingSerials(node),
    atMs: nowMs,
  });
}
