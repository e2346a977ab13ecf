/** Signals for single nodes, so that a heartbeat of one node does not render another. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { FeedMessage } from "../../core/api/feed.ts";
import type { NodeView } from "../../core/api/node_view.ts";

interface Pair {
  readonly node: Signal<NodeView | undefined>;
  readonly heardAt: Signal<string | null>;
}

/** Only follows nodes that the page uses. */
export class NodeSignals {
  readonly #asked = new Map<string, Pair>();
  #nodes: readonly NodeView[] = [];

  /** A node by its id, `undefined` when it is not watched; its last heartbeat may be old here. */
  node(id: string): ReadonlySignal<NodeView | undefined> {
    return this.#pair(id).node;
  }

  /** When a node was last heard, in the hub's time. */
  heardAt(id: string): ReadonlySignal<string | null> {
    return this.#pair(id).heardAt;
  }

  /** Takes a message; `nodes` are those after it. */
  take(nodes: readonly NodeView[], message: FeedMessage): void {
    this.#nodes = nodes;
    if (message.kind === "snapshot") return this.#all(nodes);
    for (const [id, at] of Object.entries(message.heard ?? {})) {
      const pair = this.#asked.get(id);
      if (pair) pair.heardAt.value = at;
    }
    for (const node of message.nodes ?? []) this.#put(node.id, node);
    for (const id of message.removed ?? []) this.#put(id, undefined);
  }

  /** Removes everything. */
  clear(): void {
    this.#nodes = [];
    this.#all([]);
  }

  #all(nodes: readonly NodeView[]): void {
    const known = new Map(nodes.map((node) => [node.id, node]));
    for (const id of this.#asked.keys()) this.#put(id, known.get(id));
  }

  #put(id: string, node: NodeView | undefined): void {
    const pair = this.#asked.get(id);
    if (!pair) return;
    pair.node.value = node;
    pair.heardAt.value = node?.last_heartbeat_at ?? null;
  }

  #pair(id: string): Pair {
    const known = this.#asked.get(id);
    if (known) return known;
    const node = this.#nodes.find((each) => each.id === id);
    const pair = { node: signal(node), heardAt: signal(node?.last_heartbeat_at ?? null) };
    this.#asked.set(id, pair);
    return pair;
  }
}
