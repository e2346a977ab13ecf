/** Who is watched, and whether two machines claim to be one of them. */

import { reservedIdReason } from "../protocol/reserved_id.ts";
import { NODES_MAX } from "../protocol/wire.ts";
import type { NodeRefused } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { grantFirst } from "./deadlines.ts";
import { nameOf, newNode, type NodeState } from "./node_state.ts";
import { claimants } from "./sessions.ts";

/** Refused ids that are told, for they can be made up. */
const REFUSED_REPORTED_MAX = 100;

/**
 * A retained message may name a node that was never heard: it exists, so its absence shows. A node of
 * an earlier version may have an id that is reserved by now: it is watched as before.
 */
export function nodeOf(step: ClusterStep, id: string): NodeState | undefined {
  const { state, options: { self, only } } = step;
  const known = state.nodes.get(id);
  if (known !== undefined) return known;
  if (id === self || state.revoked.has(id) || (only && !only.includes(id))) return undefined;
  if (reservedIdReason(id) !== undefined) return refuse(step, id, "reserved");
  if (state.nodes.size >= NODES_MAX) return refuse(step, id, "full");
  const node = newNode(id, step.nowMs, false);
  state.nodes.set(id, node);
  if (!state.blind) grantFirst(node, step.nowMs, step.options);
  return node;
}

/** Told once: of a reserved id for each one, of superfluous ones for all together. */
function refuse(step: ClusterStep, node: string, reason: NodeRefused["reason"]): undefined {
  const key = reason === "full" ? reason : `${reason} ${node}`;
  const { refused } = step.state;
  if (refused.has(key) || refused.size >= REFUSED_REPORTED_MAX) return undefined;
  refused.add(key);
  step.emit({ kind: "node_refused", node, reason });
}

/** The node is no longer watched. */
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

/** People call the node by another name. One that is not known has none. */
export function rename(step: ClusterStep, id: string, name: string | undefined): void {
  const node = step.state.nodes.get(id);
  if (node === undefined) return;
  node.givenName = name;
  step.emit({ kind: "renamed", node: id, givenName: name, name: nameOf(node) });
}

/** Tells once that a second machine speaks under this id, and once that it no longer does. */
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
  step.emit({ kind: "rivals", node: node.id, present, serials: claimants(node), atMs: nowMs });
}
