/** Signals for single nodes, so that a heartbeat of one node does not render another. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ClusterView, FeedMessage } from "../../core/api/feed.ts";
import { heardIn } from "../../core/api/feed_apply.ts";
import type { NodeView } from "../../core/api/node_view.ts";

/** The last heartbeats of steady nodes are updated this often. */
const STEADY_EVERY_MS = 1000;

interface Pair {
  readonly node: Signal<NodeView | undefined>;
  readonly heardAt: Signal<string | null>;
}

/** Only follows nodes that the page uses. */
export class NodeSignals {
  readonly #asked = new Map<string, Pair>();
  #nodes: readonly NodeView[] = [];
  /** See `ClusterView.steady`. */
  #steady: ReadonlySet<string> = new Set();
  #steadyIds: readonly string[] = [];
  /** The last heartbeat of steady nodes. */
  #at: string | null = null;

  /** A node by its id, `undefined` when it is not watched; its last heartbeat may be old here. */
  node(id: string): ReadonlySignal<NodeView | undefined> {
    return this.#pair(id).node;
  }

  /** When a node was last heard, in the hub's time. */
  heardAt(id: string): ReadonlySignal<string | null> {
    return this.#pair(id).heardAt;
  }

  /** Takes a message and the view after it. */
  take(view: Pick<ClusterView, "at" | "nodes" | "steady">, message: FeedMessage): void {
    const { at, nodes, steady = [] } = view;
    this.#nodes = nodes;
    // Once a second is enough for ages, and a thousand rows need not be drawn ten times a second.
    const isLater = this.#at === null || Date.parse(at) - Date.parse(this.#at) >= STEADY_EVERY_MS;
    if (message.kind === "snapshot" || isLater) this.#at = at;
    if (steady !== this.#steadyIds) {
      this.#steadyIds = steady;
      this.#steady = new Set(steady);
    }
    if (message.kind === "snapshot") return this.#all(nodes);
    for (const [id, heardAt] of Object.entries(heardIn(message))) {
      const pair = this.#asked.get(id);
      if (pair) pair.heardAt.value = heardAt;
    }
    for (const id of message.removed ?? []) this.#put(id, undefined);
    for (const node of message.nodes ?? []) this.#put(node.id, node);
    for (const id of Object.keys(message.patches ?? {})) {
      if (this.#asked.has(id)) this.#put(id, this.#find(id));
    }
    for (const [id, pair] of this.#asked) if (this.#steady.has(id)) pair.heardAt.value = this.#at;
  }

  /** Removes everything. */
  clear(): void {
    this.#nodes = [];
    this.#steady = new Set();
    this.#steadyIds = [];
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
    pair.heardAt.value = this.#heardAtOf(node);
  }

  #pair(id: string): Pair {
    const known = this.#asked.get(id);
    if (known) return known;
    const node = this.#find(id);
    const pair = { node: signal(node), heardAt: signal(this.#heardAtOf(node)) };
    this.#asked.set(id, pair);
    return pair;
  }

  #find(id: string): NodeView | undefined {
    return this.#nodes.find((each) => each.id === id);
  }

  #heardAtOf(node: NodeView | undefined): string | null {
    if (node === undefined) return null;
    return this.#steady.has(node.id) ? this.#at : node.last_heartbeat_at;
  }
}
