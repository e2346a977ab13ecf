/** Who is told through which channel: all at once, or in order. */

import assert from "node:assert/strict";
import { chooseChannel } from "../../../../core/alerting/incident/route.ts";
import {
  at,
  channelTo,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  providerAt,
  routeTo,
  told,
  TWENTY,
} from "../../../support/alerting/policy_score.ts";

const SMS = channelTo("twilio");
const WEBHOOK = channelTo("webhook", { perHourMax: Infinity });
const IN_ORDER = { routes: [routeTo("people", { channels: [SMS, WEBHOOK] })] };
const MORNING = { fromMinute: 0, toMinute: 7 * 60 };
const timeOfDayMs = (nowMs: number) => nowMs % DAY_MS;

Deno.test("all routes are told at once, each once", () => {
  const routes = [routeTo("sms"), routeTo("webhook", { channels: [WEBHOOK] })];
  const notes = [at(10_000, "pi-1", "dead"), at(60_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules: { routes } }), [
    "25s sms (twilio): down PI-1 since 10s",
    "25s webhook (webhook): down PI-1 since 10s",
    "65s sms (twilio): recovered PI-1 10s to 60s now alive",
    "65s webhook (webhook): recovered PI-1 10s to 60s now alive",
  ]);
});

Deno.test("in order the first channel is taken", () => {
  const notes = [at(10_000, "pi-1", "dead")];
  assert.deepEqual(told({ notes, rules: IN_ORDER }), ["25s people (twilio): down PI-1 since 10s"]);
});

Deno.test("in order a channel in its quiet hours is passed over, and its people are told once", () => {
  const channels = [{ ...SMS, quiet: MORNING }, WEBHOOK];
  const rules = { routes: [routeTo("people", { channels })], timeOfDayMs };
  const notes = [at(10_000, "pi-1", "dead"), at(8 * HOUR_MS, "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules }), [
    "25s people (webhook): down PI-1 since 10s",
    "28805s people (twilio): recovered PI-1 10s to 28800s now alive",
  ]);
});

Deno.test("in order a channel that cannot be reached is passed over until it can", () => {
  const notes = [
    providerAt(1000, "twilio", false),
    at(10_000, "pi-1", "dead"),
    providerAt(40_000, "twilio", true),
    at(50_000, "pi-2", "dead"),
  ];
  assert.deepEqual(told({ notes, rules: IN_ORDER }), [
    "25s people (webhook): down PI-1 since 10s",
    "65s people (twilio): down PI-2 since 50s",
  ]);
});

Deno.test("in order what exceeds the budget of one channel goes to the next", () => {
  const routes = [routeTo("people", { channels: [{ ...SMS, perHourMax: 2 }, WEBHOOK] })];
  const notes = TWENTY.slice(0, 3).map((id, index) => at(10_000 + index * 60_000, id, "dead"));
  assert.deepEqual(told({ notes, rules: { routes } }), [
    "25s people (twilio): down PI-1 since 10s",
    "85s people (twilio): down PI-2 since 70s",
    "145s people (webhook): down PI-3 since 130s",
  ]);
});

Deno.test("in order a message waits for the next channel that wakes, not for the budget alone", () => {
  const channels = [{ ...SMS, perHourMax: 1 }, {
    ...WEBHOOK,
    quiet: { fromMinute: 0, toMinute: 10 },
  }];
  const rules = { routes: [routeTo("people", { channels })], timeOfDayMs };
  const notes = [at(10_000, "pi-1", "dead"), at(120_000, "pi-2", "dead")];
  const [, second] = told({ notes, rules });
  assert.match(second ?? "", /^6\d\d(\.\d+)?s people \(webhook\): down PI-2 since 120s$/);
});

Deno.test("in order what nobody can reach is given to the first that is awake", () => {
  const channels = [{ ...SMS, quiet: MORNING }, WEBHOOK, channelTo("print")];
  const isNeverReady = () => false;
  const choice = chooseChannel(routeTo("people", { channels }), isNeverReady, HOUR_MS);
  assert.equal(choice.kind === "chosen" && choice.channel.name, "webhook");
});

Deno.test("when all sleep the route waits for the one that wakes first", () => {
  const early = { fromMinute: 0, toMinute: 6 * 60 };
  const channels = [{ ...SMS, quiet: MORNING }, { ...WEBHOOK, quiet: early }];
  const rules = { routes: [routeTo("people", { channels })], timeOfDayMs };
  assert.deepEqual(told({ notes: [at(HOUR_MS, "pi-1", "dead")], rules }), [
    "21600s people (webhook): down PI-1 since 3600s",
  ]);
});

Deno.test("a common cause is told to those called up later, too", () => {
  const escalation = routeTo("escalation", {
    holdMs: 15_000 + 15 * MINUTE_MS,
    skipsAcknowledged: true,
  });
  const notes = TWENTY.slice(0, 4).map((id) => at(10_000, id, "dead"));
  const lines = told({ notes, rules: { routes: [routeTo("sms"), escalation] } });
  assert.deepEqual(lines.map((line) => line.split(": ")[0]), [
    "25s sms (twilio)",
    "925s escalation (twilio)",
  ]);
  for (const line of lines) assert.ok(line.endsWith("4 of 4 at once"), line);
});
