/** How a page applies the messages of the feed to its view. */

import { type Change, type ClusterView, FEED_ROWS_MAX, type FeedMessage } from "./feed.ts";
import type { NodeView } from "./node_view.ts";

/**
 * Applies a message to a view. Returns `undefined` when a message is missing in between: the page
 * must reconnect, and the hub then sends a snapshot.
 */
export function applyFeed(
  view: ClusterView | undefined,
  message: FeedMessage,
): ClusterView | undefined {
  if (message.kind === "snapshot") {
    const { kind: _, ...rest } = message;
    return rest;
  }
  if (view === undefined || message.seq !== view.seq + 1) return undefined;
  return {
    seq: message.seq,
    at: message.at,
    time_zone: view.time_zone,
    blind: message.blind === undefined ? view.blind : message.blind,
    alarm: message.alarm ?? view.alarm,
    notification: message.notification ?? view.notification,
    refused: message.refused ?? view.refused,
    nodes: applyNodes(view.nodes, message),
    incidents: applyRows(view.incidents, message.incidents),
    deliveries: applyRows(view.deliveries, message.deliveries),
    ...(view.guest === undefined ? {} : { guest: view.guest }),
  };
}

function applyNodes(before: readonly NodeView[], change: Change): readonly NodeView[] {
  if (!change.nodes && !change.removed && !change.heard) return before;
  const nodes = new Map(before.map((node) => [node.id, node]));
  for (const id of change.removed ?? []) nodes.delete(id);
  for (const [id, at] of Object.entries(change.heard ?? {})) {
    const node = nodes.get(id);
    if (node) nodes.set(id, { ...node, last_heartbeat_at: at });
  }
  for (const node of change.nodes ?? []) nodes.set(node.id, node);
  return [...nodes.values()];
}

function applyRows<Row extends { readonly id: number }>(
  before: readonly Row[],
  changed: readonly Row[] | undefined,
): readonly Row[] {
  if (!changed) return before;
  const rows = new Map(before.map((row) => [row.id, row]));
  for (const row of changed) rows.set(row.id, row);
  return [...rows.values()].sort((a, b) => b.id - a.id).slice(0, FEED_ROWS_MAX);
}
