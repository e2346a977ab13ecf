/** Collects the nodes that a hub watches from its start. */

import { newNode, type NodeState } from "../core/detection/node_state.ts";
import { reservedIdReason } from "../core/protocol/reserved_id.ts";
import { getLog } from "../io/log/log.ts";
import { systemClock } from "../io/time/clock.ts";

const log = getLog("hub");

/**
 * Returns the nodes of earlier runs and those in the configuration, which count as missing even if
 * they were never heard. They have the names that the user gave them.
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
    node.named = true;
    nodes.set(id, node);
  }
  for (const node of nodes.values()) {
    node.givenName = names.get(node.id);
    const reason = reservedIdReason(node.id);
    if (reason === undefined) continue;
    // An earlier version enrolled this node. The hub still watches it, but commands cannot name it.
    const todo = `rpi-cluster-hub enrol NEW-ID, then rpi-cluster-hub revoke ${node.id}`;
    log.warning(`this Pi needs another id, because ${reason}`, { node: node.id, todo });
  }
  if (nodes.size === 0) {
    log.info("no Pi is known yet", {
      todo: "add one on the page, or by: rpi-cluster-hub enrol ID",
    });
  }
  return [...nodes.values()];
}
