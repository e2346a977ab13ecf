/** An observer's connections to all of its brokers, as one. */

import type { Broker } from "../../core/config/brokers.ts";
import type { SendEcho } from "../../core/detection/cluster_state.ts";
import { Copies } from "../../core/protocol/copies.ts";
import type { KnownAddress } from "../connection/known_address.ts";
import type { Publication } from "./mqtt.ts";
import { Observation, type ObservationOptions } from "./observation.ts";

export interface ObservationsOptions
  extends Omit<ObservationOptions, "mqtt" | "known" | "index" | "isOneOfSeveral" | "isCopy"> {
  /** In the order of the configuration; never empty. */
  readonly brokers: readonly Broker[];
  /** The last good address of the broker with this place in the configuration. */
  readonly known: (index: number) => KnownAddress;
}

/**
 * Hears everything by every broker, and says everything to every broker. The machine knows by which
 * broker a message came, except for the messages of people, which count once.
 */
export class Observations implements AsyncDisposable {
  readonly #options: ObservationsOptions;
  /** In the order of the configuration. */
  readonly #all: readonly Observation[];

  constructor(options: ObservationsOptions) {
    this.#options = options;
    const { also, brokers, ...common } = options;
    const isOneOfSeveral = brokers.length > 1;
    const copies = new Copies();
    this.#all = brokers.map((mqtt, index) =>
      new Observation({
        ...common,
        mqtt,
        index,
        known: options.known(index),
        ...(isOneOfSeveral
          ? {
            isOneOfSeveral,
            isCopy: ({ topic, payload = "" }) =>
              copies.isCopy(topic, payload, { index, nowMs: options.clock.nowMs() }),
          }
          : {}),
        ...(also === undefined || index > 0 ? {} : { also }),
      })
    );
  }

  /** Identifies our own echoes. */
  get observer(): string {
    return this.#options.observer;
  }

  /** Whether every connection works, with or without its broker. */
  get isTurning(): boolean {
    return this.#all.every(({ link }) => link.isTurning);
  }

  /** Resolves to whether any broker has it; see `Link.publish`. */
  async publish(publication: Publication, withinMs?: number): Promise<boolean> {
    const sent = await Promise.all(
      this.#all.map(({ link }) => link.publish(publication, withinMs)),
    );
    return sent.includes(true);
  }

  /** Sends an echo to one broker; see `Observation.sendEcho`. */
  sendEcho({ seq, link = 0 }: SendEcho, view?: number): void {
    this.#all[link]?.sendEcho(seq, view);
  }

  /**
   * Subscribes to these filters in place of the present ones. Calls back when the first broker has
   * granted them.
   */
  listen(filters: readonly string[], onGranted: () => void): void {
    let isGranted = false;
    const grantOnce = () => {
      if (isGranted) return;
      isGranted = true;
      onGranted();
    };
    for (const observation of this.#all) void observation.listen(filters, grantOnce);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((observation) => observation[Symbol.asyncDispose]()));
  }
}
