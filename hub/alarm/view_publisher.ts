/**
 * Publishes which nodes are not well, for the trackers of a large cluster. A tracker believes a view
 * as long as the hub's echoes repeat its number.
 */

import { unwellNodes } from "../../core/alarm/unwell.ts";
import type { ClusterState } from "../../core/detection/cluster_state.ts";
import { encodeHubView } from "../../core/protocol/hub_view_codec.ts";
import type { Clock } from "../../io/time/clock.ts";
import { LazyAlarm } from "../../io/time/lazy_alarm.ts";

/**
 * The minimum time between two views. Each one goes to every tracker, and in a large cluster some
 * node is late at any time.
 */
const PUBLISH_EVERY_MS = 500;
/** A view that was lost on its way to a tracker is repeated after this time. */
const REPEAT_EVERY_MS = 60_000;

export interface ViewPublisherOptions {
  readonly clock: Clock;
  /** The hub's run, as in its status and its echoes. */
  readonly session: string;
  /** Publishes the payload, retained. */
  readonly publish: (payload: string) => void;
}

export class ViewPublisher implements Disposable {
  readonly #options: ViewPublisherOptions;
  readonly #alarm: LazyAlarm;
  #cluster: ClusterState | undefined;
  #number = 0;
  #nodes = 0;
  #isChanged = false;
  #publishedMs = -Infinity;

  constructor(options: ViewPublisherOptions) {
    this.#options = options;
    this.#alarm = new LazyAlarm(options.clock, () => this.#publishWhenDue());
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  /** The number of the latest view; 0 before the first one. */
  get number(): number {
    return this.#number;
  }

  /** A node or the hub's own visibility has changed, or the broker may have lost the view. */
  changed(): void {
    this.#isChanged = true;
  }

  /** A turn of the hub's loop has ended: publishes what has changed, now or soon. */
  look(cluster: ClusterState): void {
    this.#cluster = cluster;
    const isOld = this.#options.clock.nowMs() >= this.#publishedMs + REPEAT_EVERY_MS;
    if (isOld || cluster.nodes.size !== this.#nodes) this.#isChanged = true;
    if (this.#isChanged) this.#publishWhenDue();
  }

  #publishWhenDue(): void {
    const { clock, session, publish } = this.#options;
    const nowMs = clock.nowMs();
    const cluster = this.#cluster;
    if (!this.#isChanged || cluster === undefined) return;
    if (nowMs < this.#publishedMs + PUBLISH_EVERY_MS) {
      return this.#alarm.setAtLatest(this.#publishedMs + PUBLISH_EVERY_MS);
    }
    this.#isChanged = false;
    this.#publishedMs = nowMs;
    this.#nodes = cluster.nodes.size;
    this.#number++;
    const { blind, nodes } = cluster;
    const view = { session, number: this.#number, blind, nodes: nodes.size };
    publish(encodeHubView(view, unwellNodes(nodes.values(), nowMs)));
  }
}
