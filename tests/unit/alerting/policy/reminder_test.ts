/** What is still so after a long time. */

import assert from "node:assert/strict";
import {
  acknowledge,
  at,
  HOUR_MS,
  MINUTE_MS,
  routeTo,
  told,
} from "../../../support/alerting/policy_score.ts";

const REMIND = { routes: [routeTo("sms", { remindMs: HOUR_MS })] };

Deno.test("nobody is reminded of anything unless he wishes", () => {
  const notes = [at(10_000, "pi-1", "dead")];
  assert.deepEqual(told({ notes, untilMs: 100 * HOUR_MS }), [
    "25s sms (twilio): down PI-1 since 10s",
  ]);
});

Deno.test("reminders come while a node is down and end with its recovery", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(150 * MINUTE_MS, "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules: REMIND }), [
    "25s sms (twilio): down PI-1 since 10s",
    "3625s sms (twilio): still_down PI-1 since 10s",
    "7225s sms (twilio): still_down PI-1 since 10s",
    "9005s sms (twilio): recovered PI-1 10s to 9000s now alive",
  ]);
});

Deno.test("reminders end with an acknowledgement", () => {
  const notes = [at(10_000, "pi-1", "dead"), acknowledge(2 * HOUR_MS, "pi-1")];
  assert.deepEqual(told({ notes, rules: REMIND }), [
    "25s sms (twilio): down PI-1 since 10s",
    "3625s sms (twilio): still_down PI-1 since 10s",
  ]);
});

Deno.test("many that were told together are reminded of together", () => {
  const notes = [at(10_000, "pi-1", "dead"), at(11_000, "pi-2", "dead")];
  assert.deepEqual(told({ notes, rules: REMIND, untilMs: HOUR_MS + MINUTE_MS }), [
    "26s sms (twilio): down PI-1 since 10s, down PI-2 since 11s",
    "3626s sms (twilio): still_down PI-1 since 10s, still_down PI-2 since 11s",
  ]);
});

Deno.test("each route is reminded at its own pace", () => {
  const routes = [
    routeTo("sms", { remindMs: HOUR_MS }),
    routeTo("webhook", { remindMs: 40 * MINUTE_MS }),
    routeTo("quiet"),
  ];
  const notes = [at(10_000, "pi-1", "dead")];
  const lines = told({ notes, rules: { routes }, untilMs: HOUR_MS + MINUTE_MS }).slice(3);
  assert.deepEqual(lines, [
    "2425s webhook (twilio): still_down PI-1 since 10s",
    "3625s sms (twilio): still_down PI-1 since 10s",
  ]);
});

Deno.test("neither flapping nor a blind hub is told again", () => {
  const notes = [1, 4, 7].flatMap((minute) => [
    at(minute * MINUTE_MS, "pi-1", "dead"),
    at((minute + 2) * MINUTE_MS, "pi-1", "alive"),
  ]);
  const routes = [routeTo("sms", { remindMs: 10 * MINUTE_MS })];
  const lines = told({ notes, rules: { routes }, untilMs: 35 * MINUTE_MS });
  assert.deepEqual(lines.slice(4), ["435s sms (twilio): flapping PI-1 since 60s 5 changes"]);
});
