/** How a page applies the messages of the feed to its view. */

import { formatRfc3339, parseRfc3339 } from "../protocol/rfc3339.ts";
import { type Change, type ClusterView, FEED_ROWS_MAX, type FeedMessage } from "./feed.ts";
import { patched } from "./node_patch.ts";
import type { NodeView } from "./node_view.ts";

/**
 * Applies a message of either form to a view. Returns `undefined` when a message is missing in
 * between: the page must reconnect, and the hub then sends a snapshot.
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
  const nodes = applyNodes(view.nodes, message);
  if (nodes === undefined) return undefined;
  return {
    seq: message.seq,
    at: message.at,
    time_zone: view.time_zone,
    blind: message.blind === undefined ? view.blind : message.blind,
    alarm: message.alarm ?? view.alarm,
    notification: message.notification ?? view.notification,
    refused: message.refused ?? view.refused,
    ...joinsOf(view, message),
    ...ownWorkOf(view, message),
    nodes,
    incidents: applyRows(view.incidents, message.incidents),
    deliveries: applyRows(view.deliveries, message.deliveries),
    ...(view.guest === undefined ? {} : { guest: view.guest }),
    ...(view.steady === undefined ? {} : { steady: applySteady(view.steady, message) }),
  };
}

function joinsOf(view: ClusterView, message: Change): Pick<ClusterView, "joins"> {
  const joins = message.joins ?? view.joins;
  return joins === undefined ? {} : { joins };
}

/** How the hub itself works. */
function ownWorkOf(view: ClusterView, message: Change): Pick<ClusterView, "watchdog" | "brokers"> {
  const watchdog = message.watchdog ?? view.watchdog;
  const brokers = message.brokers ?? view.brokers;
  return {
    ...(watchdog === undefined ? {} : { watchdog }),
    ...(brokers === undefined ? {} : { brokers }),
  };
}

/** The last heartbeats in a message of either form: id to RFC 3339 instant. */
export function heardIn({ at, heard, ages }: Change): Readonly<Record<string, string>> {
  if (ages === undefined) return heard ?? {};
  const atMs = parseRfc3339(at) ?? 0;
  return Object.fromEntries(
    Object.entries(ages).map(([id, ageMs]) => [id, formatRfc3339(atMs - ageMs)]),
  );
}

/** Returns `undefined` for a patch of an unknown node: its whole view is missing. */
function applyNodes(
  before: readonly NodeView[],
  change: Change,
): readonly NodeView[] | undefined {
  const { nodes: whole, removed, heard, patches, ages } = change;
  if (!whole && !removed && !heard && !patches && !ages) return before;
  const nodes = new Map(before.map((node) => [node.id, node]));
  for (const id of removed ?? []) nodes.delete(id);
  for (const [id, at] of Object.entries(heardIn(change))) {
    const node = nodes.get(id);
    if (node) nodes.set(id, { ...node, last_heartbeat_at: at });
  }
  for (const [id, patch] of Object.entries(patches ?? {})) {
    const node = nodes.get(id);
    if (!node) return undefined;
    nodes.set(id, patched(node, patch));
  }
  for (const node of whole ?? []) nodes.set(node.id, node);
  return [...nodes.values()];
}

function applySteady(before: readonly string[], change: Change): readonly string[] {
  const { nodes = [], removed = [], patches = {}, ages = {}, steady = [] } = change;
  const ended = new Set([...removed, ...Object.keys(ages), ...nodes.map(({ id }) => id)]);
  for (const [id, patch] of Object.entries(patches)) {
    if (patch.last_heartbeat_at !== undefined) ended.add(id);
  }
  if (ended.size === 0 && steady.length === 0) return before;
  return [...before.filter((id) => !ended.has(id)), ...steady];
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
