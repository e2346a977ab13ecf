/** Silences, maintenance and facts on disk, and what a hub does with them at its next start. */

import assert from "node:assert/strict";
import { HubAlarm } from "../../../hub/alarm/alarm.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { FastClock } from "../../support/time/fast_clock.ts";
import { until } from "../../support/time/until.ts";

const MINUTE_MS = 60_000;

Deno.test("silences, maintenance and facts are found again, the newest of each name", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using store = new Store(path);
    store.silences.set("arya", { sinceMs: 1, untilMs: 2 });
    store.silences.set("", { sinceMs: 3.4, untilMs: 4.6 });
    store.silences.set("arya", { sinceMs: 5, untilMs: 6 });
    store.silences.set("bran", { sinceMs: 7, untilMs: 8 });
    store.silences.remove("bran");
    store.maintenance.set("arya", { sinceMs: 9, untilMs: 10 });
    store.maintenance.set("", { sinceMs: 9, untilMs: 11 });
    store.maintenance.set("arya", { sinceMs: 9, untilMs: 12 });
    store.facts.set("a", "1");
    store.facts.set("a", "2");
  }
  using store = new Store(path);
  assert.deepEqual([...store.silences.all()], [
    ["", { sinceMs: 3, untilMs: 5 }],
    ["arya", { sinceMs: 5, untilMs: 6 }],
  ]);
  assert.deepEqual([...store.maintenance.all()].map(([id, { untilMs }]) => [id, untilMs]), [[
    "",
    11,
  ], ["arya", 12]]);
  assert.deepEqual([store.facts.get("a"), store.facts.get("b")], ["2", undefined]);
});

Deno.test("a hub with a slow wall clock does not extend a silence", () => {
  using store = new Store(":memory:");
  const clock = new FastClock();
  const wallMs = clock.wallMs(clock.nowMs());
  const day = 24 * 60 * MINUTE_MS;
  store.silences.set("", { sinceMs: wallMs + day, untilMs: wallMs + day + 20 * MINUTE_MS });
  store.silences.set("arya", { sinceMs: wallMs - 2 * day, untilMs: wallMs - day });
  using alarm = new HubAlarm({ store, clock, publish: () => {} });
  const { silences: [all, ...others] } = alarm.inForce();
  assert.deepEqual(others, []);
  const leftMs = Date.parse(all?.until ?? "") - wallMs;
  assert.ok(leftMs > 0 && leftMs <= 21 * MINUTE_MS, `${leftMs}`);
  assert.deepEqual([...store.silences.all().keys()], [""]);
});

Deno.test("a silence is said when it begins, ends, and every hour in between", async () => {
  using store = new Store(":memory:");
  const clock = new FastClock();
  const said: (string | null)[] = [];
  using alarm = new HubAlarm({
    store,
    clock,
    publish: ({ plan }) => said.push(JSON.parse(plan).silenced_until),
  });
  alarm.silence(undefined, 20 * 60 * MINUTE_MS);
  // One hour takes 3.6 s here.
  await until("the silence to be repeated", () => said.length >= 2, { withinMs: 40_000 });
  assert.ok(said.every((until) => until !== null));
  alarm.silence(undefined, 2 * MINUTE_MS);
  await until("the silence's end", () => said.at(-1) === null);
  assert.deepEqual([...store.silences.all()], []);
  assert.deepEqual(alarm.inForce(), { silences: [], maintenance: [] });
});

Deno.test("a hub does not correct another hub on its broker, and corrects a node that forges", async () => {
  for (const hasOther of [true, false]) {
    using store = new Store(":memory:");
    let published = 0;
    const asked = Promise.withResolvers<void>();
    using alarm = new HubAlarm({
      store,
      clock: new FastClock(),
      publish: () => void published++,
      hasOtherHub() {
        asked.resolve();
        return hasOther;
      },
    });
    const copy = {
      kind: "alarm",
      source: "copy",
      node: undefined,
      atMs: 1,
      silencedUntilMs: undefined,
      sinceMs: undefined,
      planned: undefined,
      retained: false,
    } as const;
    alarm.take(copy);
    await asked.promise;
    assert.equal(published, hasOther ? 0 : 1);
  }
});
