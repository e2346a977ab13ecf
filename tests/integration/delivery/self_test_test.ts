/** The weekly self-test enters the outbox once a week, whatever happens to the hub. */

import assert from "node:assert/strict";
import type { LocalTime } from "../../../core/alerting/message/self_test.ts";
import type { Route } from "../../../core/alerting/incident/route.ts";
import type { WeeklyTime } from "../../../core/config/value/times.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { SelfTest } from "../../../hub/delivery/self_test.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Store } from "../../../hub/store/store.ts";
import { sleepUntil } from "../../../io/time/clock.ts";
import { FastClock } from "../../support/time/fast_clock.ts";
import { until } from "../../support/time/until.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
const FACT = "self_test_at";

const UTC: LocalTime = {
  dayOf(instantMs) {
    const date = new Date(instantMs);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
    };
  },
  instantOf: ({ year, month, day }, minute) => Date.UTC(year, month - 1, day, 0, minute),
};

function weekly(instantMs: number): WeeklyTime {
  const date = new Date(instantMs);
  return { weekday: date.getUTCDay(), minute: date.getUTCHours() * 60 + date.getUTCMinutes() };
}

function route(name: string, ...channels: readonly string[]): Route {
  return {
    name,
    channels: channels.map((channel) => ({
      name: channel,
      recipients: 1,
      perHourMax: Infinity,
      quiet: undefined,
    })),
    holdMs: 0,
    remindMs: Infinity,
    skipsAcknowledged: false,
  };
}

const MEMBERSHIPS = [
  { route: route("people", "twilio", "webhook"), recipients: [["+4915112345678", "+1"], ["ntfy"]] },
  { route: route("escalation", "twilio"), recipients: [["+4915187654321"]] },
];

/** One run of a hub's self-test. The store remains after the run. */
class Running implements AsyncDisposable {
  readonly promised: number[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(store: Store, clock: FastClock, time: WeeklyTime) {
    const selfTest = new SelfTest({
      time,
      routes: MEMBERSHIPS.map((membership) => membership.route),
      recipients: recipientsOf(MEMBERSHIPS),
      store,
      projection: new Projection(clock),
      clock,
      local: UTC,
      onEnqueued: (messages) => this.promised.push(...messages),
    });
    this.#ended = selfTest.run(this.#stop.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

async function pass(clock: FastClock, ms: number): Promise<void> {
  await sleepUntil(clock, clock.nowMs() + ms, new AbortController().signal);
}

Deno.test("the self-test goes to everybody of each route by its first channel, once", async () => {
  using store = new Store(":memory:");
  const clock = new FastClock();
  const time = weekly(clock.wallMs(clock.nowMs() + 10 * MINUTE_MS));
  {
    await using running = new Running(store, clock, time);
    await until("the self-test", () => running.promised.length > 0);
    assert.equal(running.promised.length, 3);
  }
  const rows = store.outbox.newest(10).toReversed();
  assert.deepEqual(rows.map(({ route, channel, recipient }) => [route, channel, recipient]), [
    ["people", "twilio", "+4915112345678"],
    ["people", "twilio", "+1"],
    ["escalation", "twilio", "+4915187654321"],
  ]);
  for (const { text, state, alert, incidentIds } of rows) {
    assert.deepEqual([state, alert, incidentIds], ["pending", undefined, []]);
    // This hub has heard no node yet.
    assert.equal(text, "RPi Cluster Alert: weekly test. The hub cannot see the broker now.");
  }
  await using again = new Running(store, clock, time);
  await pass(clock, 40 * MINUTE_MS);
  clock.leap(-HOUR_MS);
  await pass(clock, HOUR_MS);
  assert.deepEqual(again.promised, []);
});

Deno.test("a hub that was off at the minute sends the self-test late, but not much too late", async () => {
  for (const [agoMs, sent] of [[3 * HOUR_MS, 3], [13 * HOUR_MS, 0]] as const) {
    using store = new Store(":memory:");
    const clock = new FastClock();
    const dueMs = clock.wallMs(clock.nowMs()) - agoMs;
    store.facts.set(FACT, String(dueMs - WEEK_MS));
    await using running = new Running(store, clock, weekly(dueMs));
    await pass(clock, 20 * MINUTE_MS);
    assert.equal(running.promised.length, sent, `${agoMs / HOUR_MS} h`);
  }
});

Deno.test("whoever switches the self-test on is not tested at once", async () => {
  using store = new Store(":memory:");
  const clock = new FastClock();
  const time = weekly(clock.wallMs(clock.nowMs()) - HOUR_MS);
  await using running = new Running(store, clock, time);
  await pass(clock, 20 * MINUTE_MS);
  assert.deepEqual(running.promised, []);
  assert.ok(Number(store.facts.get(FACT)) > 0);
});
