/** The subscriptions of one MQTT session, which may change while it lasts. */

import { LinkError } from "../connection/link_error.ts";

/** Topic filters, at QoS 1 at most. */
export interface Subscription {
  /** The filters that are wanted now. */
  readonly filters: () => readonly string[];
  /**
   * The session does not wait for this subscription, and a broker may refuse it. Default: false.
   */
  readonly isOptional?: boolean;
}

/** The part of the MQTT client that subscribes. */
export interface Subscriber {
  readonly connected: boolean;
  subscribeAsync(
    filters: string[],
    options: { readonly qos: 1 },
  ): Promise<readonly { readonly topic: string; readonly qos: number }[]>;
  unsubscribeAsync(filters: string[]): Promise<unknown>;
}

export class Subscriptions {
  readonly #client: Subscriber;
  readonly #subscription: Subscription;
  readonly #granted = new Set<string>();
  /** The last of the changes, which run one after the other. */
  #changing: Promise<void> = Promise.resolve();

  constructor(client: Subscriber, subscription: Subscription) {
    this.#client = client;
    this.#subscription = subscription;
  }

  /** Whether the broker has granted anything. */
  get isGranted(): boolean {
    return this.#granted.size > 0;
  }

  /**
   * Subscribes to the filters that are wanted now, and ends the other subscriptions. Rejects with a
   * `LinkError` when the broker refuses one that is required.
   */
  change(): Promise<void> {
    return this.#changing = this.#changing.then(() => this.#change());
  }

  async #change(): Promise<void> {
    let wanted: readonly string[];
    // Other filters may be wanted while the broker has not answered yet.
    do {
      wanted = this.#subscription.filters();
      const missing = wanted.filter((filter) => !this.#granted.has(filter));
      if (missing.length > 0) await this.#subscribe(missing);
    } while (this.#subscription.filters().some((filter) => !wanted.includes(filter)));
    const surplus = [...this.#granted].filter((filter) => !wanted.includes(filter));
    if (surplus.length === 0) return;
    for (const filter of surplus) this.#granted.delete(filter);
    await this.#client.unsubscribeAsync(surplus);
  }

  async #subscribe(filters: readonly string[]): Promise<void> {
    const { isOptional = false } = this.#subscription;
    try {
      for (const { topic, qos } of await this.#client.subscribeAsync([...filters], { qos: 1 })) {
        // MQTT 3.1.1, 3.9.3: 0x80 is the broker's refusal.
        if (qos <= 2) this.#granted.add(topic);
      }
    } catch (error) {
      // MQTT.js may report a refusal as an error.
      if (!this.#client.connected && !isOptional) throw error;
    }
    const refused = filters.find((filter) => !this.#granted.has(filter));
    if (refused === undefined || isOptional) return;
    throw new LinkError({ code: "subscription", filter: refused });
  }
}
