/** Shows nodes on the page, and publishes their verdicts through the broker. */

import type { NodeState } from "../core/detection/node_state.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import type { Observation } from "../io/mqtt/observation.ts";
import type { Feed } from "./live/feed.ts";
import type { Projection } from "./live/projection.ts";

export interface NodeViewsOptions {
  readonly topicRoot: string;
  readonly projection: Projection;
  readonly feed: Feed;
  readonly observation: Observation;
}

export class NodeViews {
  readonly #options: NodeViewsOptions;
  readonly #topics: ReturnType<typeof topicsOf>;
  /** Nodes whose verdict is published at the end of the turn. */
  readonly #unpublished = new Set<string>();

  constructor(options: NodeViewsOptions) {
    this.#options = options;
    this.#topics = topicsOf(options.topicRoot);
  }

  /** Shows a node that has changed. */
  show(node: NodeState | undefined): void {
    if (node === undefined) return;
    this.update(node);
    this.#options.feed.nodeChanged(node.id);
  }

  /** Updates the projection of a node, but sends the node itself to no browser. */
  update(node: NodeState): void {
    this.#showRenamed(this.#options.projection.update(node));
  }

  /** Removes a node from the page, and its retained messages from the broker. */
  forget(id: string): void {
    const { projection, feed } = this.#options;
    this.#showRenamed(projection.remove(id));
    feed.nodeRemoved(id);
    // An empty retained payload removes the retained message (MQTT 3.1.1, 3.3.1.3), so that
    // trackers forget the node too.
    for (const topic of [this.#topics.status(id), this.#topics.verdict(id)]) {
      this.#publish(topic, "");
    }
  }

  /** Publishes the node's verdict at the end of the turn. */
  verdictChanged(id: string): void {
    this.#unpublished.add(id);
  }

  /** Publishes all verdicts that have changed during the turn. */
  publishVerdicts(): void {
    for (const node of this.#unpublished) this.#publishVerdict(node);
    this.#unpublished.clear();
  }

  /** Other nodes whose display name has changed. */
  #showRenamed(ids: readonly string[]): void {
    for (const id of ids) {
      this.#options.feed.nodeChanged(id);
      this.verdictChanged(id);
    }
  }

  #publishVerdict(node: string): void {
    const view = this.#options.projection.node(node);
    if (view === undefined) return;
    const { liveness, since, display_name: name, last_heartbeat_at, storage } = view;
    const verdict = { liveness, since, name, last_heartbeat_at };
    const payload = JSON.stringify(storage === null ? verdict : { ...verdict, storage });
    this.#publish(this.#topics.verdict(view.id), payload);
  }

  #publish(topic: string, payload: string): void {
    void this.#options.observation.link.publish({ topic, payload, qos: 1, retain: true });
  }
}
