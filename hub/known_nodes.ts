/** Whom a hub watches from its start on. */

import { newNode, type NodeState } from "../core/node_state.ts";
import { systemClock } from "../io/clock.ts";

/**
 * Those of earlier runs and those that the user names, who are missed even if never heard; by the
 * names that the user gave them.
 */
export function knownNodes(
  stored: readonly NodeState[],
  named: readonly string[],
  names: ReadonlyMap<string, string>,
): readonly NodeState[] {
  const nodes = new Map(stored.map((node) => [node.id, node]));
  const nowMs = systemClock.nowMs();
  for (const id of named) {
    const node = nodes.get(id) ?? newNode(id, nowMs, true);
    node.expected = true;
    nodes.set(id, node);
  }
  for (const node of nodes.values()) node.givenName = names.get(node.id);
  return [...nodes.values()];
}
