/** Limits the rate of each node's messages. */

import { NodeRates, rateSource } from "../../core/limits/node_rates.ts";
import type { Clock } from "../time/clock.ts";
import { LazyAlarm } from "../time/lazy_alarm.ts";
import type { Received } from "./mqtt_session.ts";

export interface RateGateOptions {
  readonly topicRoot: string;
  readonly clock: Clock;
  /** The topic of our own messages, which has no limit. */
  readonly ownTopic: string;
  /** Whether this node is watched. */
  readonly isWatched: (node: string) => boolean;
  readonly onMessage: (message: Received) => void;
  /** A message of this node, or of the topic that all nodes share, was dropped. */
  readonly onLeftOut: (from: string) => void;
}

export class RateGate implements Disposable {
  readonly #options: RateGateOptions;
  readonly #rates: NodeRates<Received>;
  readonly #alarm: LazyAlarm;

  constructor(options: RateGateOptions) {
    this.#options = options;
    this.#rates = new NodeRates(options.isWatched);
    this.#alarm = new LazyAlarm(options.clock, () => this.#wake());
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  take(message: Received): void {
    const { topicRoot, ownTopic, clock, onMessage, onLeftOut } = this.#options;
    const { topic } = message;
    const source = topic === ownTopic ? undefined : rateSource(topic, topicRoot);
    if (source === undefined) return onMessage(message);
    const { messages, isOneLost } = this.#rates.take(source, message, clock.nowMs());
    if (isOneLost) onLeftOut(source.from);
    messages.forEach(onMessage);
    this.#alarm.setAtLatest(this.#rates.deadlineMs());
  }

  #wake(): void {
    this.#rates.wake(this.#options.clock.nowMs()).forEach(this.#options.onMessage);
    this.#alarm.setAtLatest(this.#rates.deadlineMs());
  }
}
