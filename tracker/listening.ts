/** The topics to which a tracker subscribes, and its log lines when they change. */

import type { WatchChange, WatchReason } from "../core/alarm/watch_source.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import type { Log } from "../io/log/log.ts";

/** A broker grants a client a limited number of filters: the embedded one 64. */
const NODES_BY_NAME_MAX = 50;

/** The topic filters by source. */
export type Filters = Readonly<Record<WatchChange["source"], readonly string[]>>;

/** `nodes` are the nodes of its list; empty: it watches every node. */
export function filtersOf(
  topicRoot: string,
  { self, nodes }: { readonly self: string; readonly nodes: readonly string[] },
): Filters {
  const topics = topicsOf(topicRoot);
  const others = nodes.filter((id) => id !== self);
  const isShort = nodes.length > 0 && others.length <= NODES_BY_NAME_MAX;
  const heard = isShort ? others.map(topics.ofNode) : topics.everyNode;
  const hub = topics.ofTracker(self);
  return { all: [...hub, ...heard], hub };
}

const REASONS: Readonly<Record<WatchReason, string>> = {
  configured: "[cluster] watch = hub",
  many_nodes: "the cluster is large, and [cluster] watch = auto",
  few_nodes: "the cluster is small, and [cluster] watch = auto",
  no_view: "the hub publishes no view of the cluster",
  gone: "the hub is gone",
  silent: "the hub is not heard",
  blind: "the hub is blind",
  behind: "a view of the hub was lost",
};

export function logWatchChange(log: Log, { source, reason, nodes = 0 }: WatchChange): void {
  const facts = { reason: REASONS[reason], nodes };
  if (source === "hub") log.info("learns from the hub how the Pis are", facts);
  else log.warning("hears every Pi by itself", facts);
}
