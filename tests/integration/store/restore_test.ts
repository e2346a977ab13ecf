/** How a hub uses the state of an earlier run when the world has changed in between. */

import assert from "node:assert/strict";
import type { DeliveryState } from "../../../core/api/delivery_view.ts";
import { channelTo, routeTo, RULES, sight } from "../../support/alerting/policy_score.ts";
import { HubMemory } from "../../support/store/hub_memory.ts";

const NO_ANSWER = { kind: "other", text: "no answer" } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const SMS = routeTo("sms");
const WEBHOOK = routeTo("webhook", { channels: [channelTo("webhook", { perHourMax: Infinity })] });

/** A hub that has notified people of a death, with the state of that message. */
function notified(node: string, state: DeliveryState): HubMemory {
  const memory = new HubMemory({ ...RULES, routes: [SMS] });
  memory.act(sight(false, 0));
  memory.change(node);
  memory.pass(MINUTE_MS);
  const [row] = memory.store.outbox.newest(1);
  assert.ok(row);
  memory.store.outbox.settle(row.id, { state, isUncertain: false, dueAtMs: undefined });
  return memory;
}

/** Returns the alerts of `route` so far, by kind. */
function kinds(memory: HubMemory, route: string): readonly string[] {
  return memory.alerts(route).flatMap(({ items }) => items.map(({ kind }) => kind));
}

Deno.test("a death whose message was refused is sent again by the next run, one that arrived is not", () => {
  for (const [state, count] of [["refused", 2], ["accepted", 1], ["delivered", 1]] as const) {
    using memory = notified("arya", state);
    memory.restart();
    memory.pass(HOUR_MS);
    assert.equal(kinds(memory, "sms").length, count, state);
  }
});

Deno.test("a death whose message waits for a removed channel is sent by another", () => {
  using memory = notified("arya", "pending");
  memory.restart([WEBHOOK]);
  memory.pass(HOUR_MS);
  assert.deepEqual(kinds(memory, "webhook"), ["down"]);
});

Deno.test("people whose route was renamed are notified of the end, and of nothing twice", () => {
  using memory = notified("arya", "delivered");
  memory.restart([
    routeTo("people", { channels: [channelTo("twilio"), channelTo("webhook")] }),
    routeTo("escalation", { holdMs: HOUR_MS, skipsAcknowledged: true }),
  ]);
  memory.pass(MINUTE_MS);
  memory.change("arya");
  memory.pass(MINUTE_MS);
  assert.deepEqual(kinds(memory, "people"), ["recovered"]);
  memory.restart();
  memory.pass(HOUR_MS);
  assert.deepEqual(kinds(memory, "people"), ["recovered"]);
  assert.deepEqual(kinds(memory, "escalation"), []);
});

Deno.test("an incident of a provider that nobody uses any more is over", () => {
  using memory = new HubMemory({ ...RULES, routes: [WEBHOOK] });
  memory.act(sight(false, 0));
  memory.act({ kind: "uplink", channel: "webhook", up: false, cause: NO_ANSWER, sinceMs: 0 });
  memory.pass(HOUR_MS);
  assert.deepEqual(memory.owed(), ["uplink webhook"]);
  memory.restart([SMS]);
  assert.deepEqual(memory.owed(), []);
});

Deno.test("a maintenance lasts no longer than intended, however wrong the wall clock is at boot", () => {
  using memory = new HubMemory({ ...RULES, routes: [SMS] });
  memory.act(sight(false, 0));
  memory.act({ kind: "maintain", node: undefined, untilMs: memory.clock.nowMs() + 2 * HOUR_MS });
  memory.clock.leap(-1000 * 24 * HOUR_MS);
  memory.restart();
  memory.change("arya");
  memory.pass(2 * HOUR_MS - MINUTE_MS);
  assert.deepEqual(kinds(memory, "sms"), []);
  memory.pass(2 * MINUTE_MS);
  assert.deepEqual(kinds(memory, "sms"), ["down"]);
});

Deno.test("a maintenance that has ended leaves nothing behind", () => {
  using memory = new HubMemory({ ...RULES, routes: [SMS] });
  const { clock, store } = memory;
  memory.act({ kind: "maintain", node: "arya", untilMs: clock.nowMs() + HOUR_MS });
  assert.deepEqual([...store.maintenance.all().keys()], ["arya"]);
  memory.act({ kind: "maintain", node: "arya", untilMs: clock.nowMs() });
  assert.deepEqual([...store.maintenance.all().keys()], []);
});

Deno.test("messages of weeks ago do not count in this hour's budget, whatever the wall clock says", () => {
  using memory = new HubMemory({ ...RULES, routes: [SMS] });
  const { clock, store } = memory;
  for (let day = 25; day >= 0; day--) {
    store.outbox.add({
      route: "sms",
      channel: "twilio",
      recipient: "+491",
      text: "Arya is down.",
      items: [],
      incidentIds: [],
      atMs: clock.wallMs(clock.nowMs()) - day * 24 * HOUR_MS,
    });
  }
  clock.leap(-1000 * 24 * HOUR_MS);
  memory.restart();
  memory.change("arya");
  memory.pass(MINUTE_MS);
  assert.deepEqual(kinds(memory, "sms"), ["down"]);
});

Deno.test("a recipient who received neither of two deaths at night receives both after a restart", () => {
  const night = { fromMinute: 0, toMinute: 24 * 60 - 1 };
  const asleep = routeTo("sms", { channels: [channelTo("twilio", { quiet: night })] });
  using memory = new HubMemory({ ...RULES, routes: [asleep, WEBHOOK] });
  memory.act(sight(false, 0));
  memory.change("arya");
  memory.pass(30_000);
  memory.change("arya");
  memory.pass(2000);
  memory.change("arya");
  memory.pass(1000);
  memory.restart([SMS, WEBHOOK]);
  memory.pass(MINUTE_MS);
  assert.deepEqual(kinds(memory, "sms"), ["recovered", "down"]);
  assert.deepEqual(kinds(memory, "webhook"), ["down"]);
});
