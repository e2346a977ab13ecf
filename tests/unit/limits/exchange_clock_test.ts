/** How long a request to the page, its answer and an idle time may take. */

import assert from "node:assert/strict";
import {
  brokerBudget,
  OPEN_FILES_WANTED,
  pageBudget,
} from "../../../core/limits/connection_budget.ts";
import { ExchangeClock } from "../../../core/limits/exchange_clock.ts";

/** The first instant at which a clock is overdue, checked every second. */
function overdueAt(clock: ExchangeClock, fromMs: number): readonly [string | undefined, number] {
  for (let atMs = fromMs; atMs < fromMs + 600_000; atMs += 1000) {
    const overdue = clock.overdue(atMs);
    if (overdue !== undefined) return [overdue, atMs];
  }
  return [undefined, Infinity];
}

Deno.test("slow headers must be complete within ten seconds", () => {
  const clock = new ExchangeClock(0);
  for (let atMs = 5000; atMs < 15_000; atMs += 1000) {
    assert.ok(clock.received(1, atMs));
    assert.equal(clock.overdue(atMs), undefined);
  }
  assert.deepEqual(overdueAt(clock, 14_000), ["slow_request", 15_000]);
});

Deno.test("a connection that sends nothing may wait longer, and is not a slow request", () => {
  assert.deepEqual(overdueAt(new ExchangeClock(0), 0), ["idle", 75_000]);
});

Deno.test("a slow body may take as long as an answer", () => {
  const clock = new ExchangeClock(0);
  clock.received(200, 1000);
  clock.requestComplete();
  for (let atMs = 2000; atMs < 31_000; atMs += 1000) {
    clock.received(1, atMs);
    assert.equal(clock.overdue(atMs), undefined);
  }
  assert.deepEqual(overdueAt(clock, 30_000), ["slow_request", 31_000]);
});

Deno.test("each answer begins a new exchange, and a silence after it does not", () => {
  const clock = new ExchangeClock(0);
  clock.received(200, 0);
  clock.requestComplete();
  for (let atMs = 0; atMs < 500_000; atMs += 25_000) {
    clock.received(200, atMs);
    clock.sending(atMs + 20_000);
    clock.sent(atMs + 20_000);
    assert.equal(clock.overdue(atMs + 24_000), undefined);
  }
  assert.deepEqual(overdueAt(clock, 500_000), ["idle", 570_000]);
});

Deno.test("an answer that is not read ends, however long it is", () => {
  const clock = new ExchangeClock(0);
  clock.received(200, 0);
  clock.requestComplete();
  for (let atMs = 0; atMs < 100_000; atMs += 10_000) {
    clock.sending(atMs);
    assert.equal(clock.overdue(atMs + 9000), undefined);
    clock.sent(atMs + 9000);
  }
  clock.sending(100_000);
  clock.received(200, 120_000);
  assert.deepEqual(overdueAt(clock, 120_000), ["unread", 130_000]);
});

Deno.test("a viewer may answer pings for days, and send nothing else", () => {
  const clock = new ExchangeClock(0);
  clock.received(200, 0);
  clock.requestComplete();
  clock.becomesWebSocket(0);
  for (let atMs = 0; atMs < 2 * 86_400_000; atMs += 20_000) {
    assert.ok(clock.received(10, atMs));
    assert.equal(clock.overdue(atMs + 19_000), undefined);
  }
  assert.ok(clock.received(4096, 3 * 86_400_000));
  assert.ok(!clock.received(1, 3 * 86_400_000));
});

Deno.test("many small messages of a viewer count like a big one", () => {
  const clock = new ExchangeClock(0);
  clock.becomesWebSocket(0);
  let taken = 0;
  while (clock.received(100, taken)) taken += 100;
  assert.ok(taken <= 5000, `${taken}`);
  const other = new ExchangeClock(0);
  other.becomesWebSocket(0);
  assert.ok(!other.received(8192, 86_400_000));
});

Deno.test("after the hub has closed, the other end has a moment to close", () => {
  const clock = new ExchangeClock(0);
  clock.received(200, 0);
  clock.requestComplete();
  clock.closes(1000);
  assert.deepEqual(overdueAt(clock, 1000), ["closed", 3000]);
});

Deno.test("broker and page leave file descriptors for database and providers, however few there are", () => {
  const limits = [64, 256, 1024, 4096, 16_384, OPEN_FILES_WANTED, 65_536];
  for (const files of limits) {
    for (const hasTls of [false, true]) {
      const budget = pageBudget(files, { hasTls });
      const { waiting, unknown: strangers, knownMax, stuckMax, stuckPerAddressMax } = budget;
      const more = hasTls ? 2 : 0;
      const joined = strangers.overallMax + knownMax;
      const page = (1 + more) * waiting.overallMax + (3 + more) * joined;
      const broker = (1 + more) * brokerBudget(files, { hasTls }).connectionsMax;
      const what = `${files} ${hasTls}`;
      if (hasTls && files < 256) continue; // nobody runs a hub so
      assert.ok(page + broker + stuckMax <= files, what);
      assert.ok(page + broker <= Math.ceil(files * 7 / 8), what);
      assert.ok(Math.min(waiting.overallMax, strangers.overallMax, knownMax) > 0, what);
      assert.ok(stuckPerAddressMax >= 1 && stuckPerAddressMax <= stuckMax, what);
    }
  }
  const { connectionsMax, halfOpen } = brokerBudget(OPEN_FILES_WANTED, { hasTls: true });
  assert.ok(connectionsMax - halfOpen.overallMax >= 4500, "2,000 nodes, each with a tracker");
  const { waiting, unknown: strangers, knownMax } = pageBudget();
  assert.ok(waiting.overallMax >= 500);
  assert.ok(knownMax >= 200, "100 viewers, and as many requests of theirs");
  assert.ok(strangers.overallMax >= 800);
});
