/** Sends the weekly self-test through the outbox, like any important message. */

import {
  type LocalTime,
  selfTestDueMs,
  selfTestText,
} from "../../core/alerting/message/self_test.ts";
import type { Route } from "../../core/alerting/incident/route.ts";
import type { WeeklyTime } from "../../core/config/value/times.ts";
import { getLog } from "../../io/log/log.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import type { Projection } from "../live/projection.ts";
import type { Store } from "../store/store.ts";
import type { Recipients } from "./recipients.ts";

/** A hub that has just started waits this long, because it knows nothing yet. */
const SETTLE_MS = 2 * 60_000;
/** The interval of checks, because the wall clock may step. */
const LOOK_MS = 10 * 60_000;
/** The fact with the time at which the last one was enqueued: wall-clock time in ms. */
const LAST_FACT = "self_test_at";

/** The time zone of the hub's machine. */
const SYSTEM_TIME: LocalTime = {
  dayOf(instantMs) {
    const date = new Date(instantMs);
    return {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate(),
      weekday: date.getDay(),
    };
  },
  instantOf: ({ year, month, day }, minute) => new Date(year, month - 1, day, 0, minute).getTime(),
};

export interface SelfTestOptions {
  readonly time: WeeklyTime;
  readonly routes: readonly Route[];
  readonly recipients: Recipients;
  readonly store: Store;
  readonly projection: Projection;
  readonly clock: Clock;
  /** Default: that of the hub's machine. */
  readonly local?: LocalTime;
  /** Messages were enqueued. */
  readonly onEnqueued: (messages: readonly number[]) => void;
}

const log = getLog("self-test");

export class SelfTest {
  readonly #options: SelfTestOptions;

  constructor(options: SelfTestOptions) {
    this.#options = options;
  }

  /** Runs until `stop` aborts. A self-test that was due while no hub ran is sent now if it is not too late. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, time, local = SYSTEM_TIME } = this.#options;
    await sleepUntil(clock, clock.nowMs() + SETTLE_MS, stop);
    while (!stop.aborted) {
      const wallMs = this.#wallMs();
      const dueMs = selfTestDueMs(time, { lastMs: this.#lastMs(wallMs), nowMs: wallMs }, local);
      if (dueMs <= wallMs) this.#send(wallMs);
      else await sleepUntil(clock, clock.nowMs() + Math.min(dueMs - wallMs, LOOK_MS), stop);
    }
  }

  /** If none was sent yet, it waits for the next time, because nobody expects one on the first day. */
  #lastMs(wallMs: number): number {
    const { facts } = this.#options.store;
    const lastMs = Number(facts.get(LAST_FACT) ?? NaN);
    if (Number.isFinite(lastMs)) return lastMs;
    facts.set(LAST_FACT, String(wallMs));
    return wallMs;
  }

  #send(wallMs: number): void {
    const { store, routes, recipients, projection, onEnqueued } = this.#options;
    const text = selfTestText(projection.nodes(), projection.blind !== null);
    const messages = store.transaction(() => {
      // In the same transaction as the messages, so that it is sent once.
      store.facts.set(LAST_FACT, String(wallMs));
      return routes.flatMap(({ name: route, channels: [first] }) => {
        const channel = first?.name ?? "";
        return recipients.recipients(route, channel).map((recipient) =>
          store.outbox.add({
            route,
            channel,
            recipient,
            text,
            incidentIds: [],
            atMs: wallMs,
            items: [],
          })
        );
      });
    });
    log.info("promised the weekly test", { messages: messages.length });
    onEnqueued(messages);
  }

  #wallMs(): number {
    const { clock } = this.#options;
    return Math.round(clock.wallMs(clock.nowMs()));
  }
}
