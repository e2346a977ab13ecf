/** Shows nodes on the page, and publishes their verdicts through the broker. */

import type { NodeState } from "../core/detection/node_state.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import type { Observations } from "../io/mqtt/observations.ts";
import type { Clock } from "../io/time/clock.ts";
import type { Feed } from "./live/feed.ts";
import type { Projection } from "./live/projection.ts";
import type { Upgrades } from "./update/upgrades.ts";

/**
 * The number of possibly lost verdicts that are published at once. All verdicts of 20,000 nodes
 * would delay the hub's first echo, and each death meanwhile, by seconds.
 */
const REPEATED_MAX = 200;
const REPEAT_EVERY_MS = 100;

export interface NodeViewsOptions {
  readonly clock: Clock;
  readonly topicRoot: string;
  readonly projection: Projection;
  readonly feed: Feed;
  readonly observation: Observations;
  readonly upgrades: Pick<Upgrades, "see" | "forget">;
}

export class NodeViews {
  readonly #options: NodeViewsOptions;
  readonly #topics: ReturnType<typeof topicsOf>;
  /** Nodes whose verdict is published at the end of the turn. */
  readonly #unpublished = new Set<string>();
  /** Nodes whose verdict the broker may have lost. */
  readonly #lost = new Set<string>();
  #repeating: Disposable | undefined;

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
    const { projection, upgrades } = this.#options;
    this.#showRenamed(projection.update(node));
    upgrades.see(node);
  }

  /** Removes a node from the page, and its retained messages from the broker. */
  forget(id: string): void {
    const { projection, feed, upgrades } = this.#options;
    this.#showRenamed(projection.remove(id));
    upgrades.forget(id);
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

  /** The broker may have lost these verdicts: publishes them again, some at a time. */
  verdictsLost(ids: Iterable<string>): void {
    for (const id of ids) this.#lost.add(id);
    if (this.#repeating === undefined) this.#repeatSome();
  }

  #repeatSome(): void {
    for (const id of [...this.#lost.values().take(REPEATED_MAX)]) this.#publishVerdict(id);
    const { clock } = this.#options;
    this.#repeating = this.#lost.size === 0
      ? undefined
      : clock.callAt(clock.nowMs() + REPEAT_EVERY_MS, () => this.#repeatSome());
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
    this.#lost.delete(node);
    const view = this.#options.projection.node(node);
    if (view === undefined) return;
    const { liveness, since, display_name: name, last_heartbeat_at, storage } = view;
    const verdict = { liveness, since, name, last_heartbeat_at };
    const payload = JSON.stringify(storage === null ? verdict : { ...verdict, storage });
    this.#publish(this.#topics.verdict(view.id), payload);
  }

  #publish(topic: string, payload: string): void {
    void this.#options.observation.publish({ topic, payload, qos: 1, retain: true });
  }
}
