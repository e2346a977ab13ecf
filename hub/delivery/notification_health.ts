/** Watches whether anybody would be notified, by the outcomes of messages, also across restarts. */

import { subjectKey } from "../../core/alerting/alert.ts";
import {
  type ChannelFacts,
  FAILURES_IN_A_ROW,
  type NotificationState,
  type NotificationView,
  notificationView,
} from "../../core/alerting/notification.ts";
import type { Delivery } from "../../core/alerting/retry.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import { type Channel, PRINT } from "../notify/channel/channel.ts";
import type { Store } from "../store/store.ts";
import type { ProviderHealthReport } from "./provider_health.ts";

export interface NotificationHealthOptions {
  readonly channels: readonly Pick<Channel, "name">[];
  /** A channel is used when those before it cannot deliver. */
  readonly isInOrder: boolean;
  readonly store: Store;
  readonly clock: Clock;
  readonly onChange: (view: NotificationView) => void;
}

const log = getLog("hub");

export class NotificationHealth {
  readonly #options: NotificationHealthOptions;
  /** The channels that accept no messages; at first those of the previous run. */
  readonly #down: Set<string>;
  #view: NotificationView;
  #shown = "";

  constructor(options: NotificationHealthOptions) {
    this.#options = options;
    const names = options.channels.map(({ name }) => name);
    const isDown = (channel: string) =>
      options.store.incidents.openOf(subjectKey({ kind: "uplink", channel })) !== undefined;
    this.#down = new Set(names.filter(isDown));
    this.#view = this.#look();
  }

  get view(): NotificationView {
    return this.#view;
  }

  /** Reads the outcomes of messages from disk, and reports changes; the first state is reported at once. */
  look(): void {
    const view = this.#look();
    const shown = JSON.stringify(view);
    if (shown === this.#shown) return;
    const before = this.#shown === "" ? undefined : this.#view.state;
    this.#shown = shown;
    this.#view = view;
    logChange(view, before);
    this.#options.onChange(view);
  }

  /** A provider accepts no messages, or accepts them again. */
  noteProvider({ channel, up }: ProviderHealthReport): void {
    if (up) this.#down.delete(channel);
    else this.#down.add(channel);
    this.look();
  }

  /** A test message was accepted, so earlier failures do not count any more. It is not in the outbox. */
  noteTest(channel: string, delivery: Delivery): void {
    if (delivery.kind !== "accepted") return;
    const { clock, store } = this.#options;
    store.facts.set(testFact(channel), String(Math.round(clock.wallMs(clock.nowMs()))));
    this.look();
  }

  #look(): NotificationView {
    const { channels, isInOrder } = this.#options;
    return notificationView(channels.map(({ name }) => this.#factsOf(name)), { isInOrder });
  }

  #factsOf(name: string): ChannelFacts {
    const { store } = this.#options;
    const testedMs = Number(store.facts.get(testFact(name)) ?? 0);
    const newest = store.outbox.newestEnded(name, FAILURES_IN_A_ROW);
    const success = newest.findIndex(({ isFailure, createdAtMs }) => {
      return !isFailure || createdAtMs <= testedMs;
    });
    return {
      name,
      isPrinted: name === PRINT,
      isDown: this.#down.has(name),
      failures: success < 0 ? newest.length : success,
    };
  }
}

/** The fact with the wall-clock time, in ms, at which a channel last accepted a test message. */
function testFact(channel: string): string {
  return `tested_at ${channel}`;
}

/** `before` is the state that was logged last; `undefined` at first. */
function logChange(
  { state, channels }: NotificationView,
  before: NotificationState | undefined,
): void {
  const bad = channels.filter((one) => one.state === "down" || one.state === "failing");
  for (const { name, state: why } of bad) {
    log.warning("a channel does not deliver", { channel: name, state: why });
  }
  switch (state) {
    case "works":
      if (before !== undefined && before !== "works") {
        log.info("people are notified when a Pi dies");
      }
      return;
    case "none":
      return log.warning("nobody is notified when a Pi dies: set up [webhook] or [sms]");
    case "printed":
      return log.warning(
        "nobody is notified when a Pi dies: messages are only printed to this log; set up [webhook] or [sms]",
      );
    case "failing":
      return log.warning("nobody is notified when a Pi dies: no channel delivers");
  }
}
