/** The nodes that a hub lists in its view of the cluster. */

import { isAlertableDeath } from "../detection/cluster_state.ts";
import type { NodeState } from "../detection/node_state.ts";
import { isFailing } from "../detection/node_storage.ts";
import type { ListedNode } from "../protocol/hub_view.ts";
import { isFault } from "../protocol/storage.ts";

/** The most important first, because a view may have no room for all. */
const RANKS: Readonly<Record<ListedNode["liveness"], number>> = {
  dead: 0,
  alive: 1,
  suspect: 2,
  unknown: 3,
};

/** The nodes that are not well, ordered by importance, and the latest first among equals. */
export function unwellNodes(
  nodes: Iterable<NodeState>,
  nowMs: number,
): readonly (readonly [id: string, node: ListedNode])[] {
  const listed: [string, ListedNode][] = [];
  for (const node of nodes) {
    const one = listedNode(node, nowMs);
    if (one !== undefined) listed.push([node.id, one]);
  }
  return listed.sort(([, one], [, other]) =>
    RANKS[one.liveness] - RANKS[other.liveness] || one.forMs - other.forMs
  );
}

function listedNode(node: NodeState, nowMs: number): ListedNode | undefined {
  const { liveness, sinceMs, storage } = node;
  if (liveness === "left") return undefined;
  const fault = storage !== undefined && isFault(storage.state) ? storage.state : undefined;
  const isFailed = fault !== undefined && isFailing(node);
  if (liveness === "alive" && !isFailed) return undefined;
  const fromMs = liveness === "alive" ? storage?.sinceMs ?? sinceMs : sinceMs;
  return {
    liveness,
    forMs: Math.max(0, nowMs - fromMs),
    isAlertable: liveness !== "dead" || isAlertableDeath(node),
    fault: isFailed ? fault : undefined,
  };
}
