/** A node that came back with another boot id and had not said farewell. */

import assert from "node:assert/strict";
import {
  at,
  channelTo,
  HOUR_MS,
  maintain,
  MINUTE_MS,
  openDeath,
  playPolicy,
  reboot,
  routeTo,
  told,
} from "../../../support/alerting/policy_score.ts";
import { linesOf } from "../../../support/detection/score_lines.ts";

const TWO_ROUTES = {
  routes: [routeTo("sms"), routeTo("webhook", { channels: [channelTo("webhook")] })],
};

Deno.test("an unexpected reboot is told once to each route, though the node never was dead", () => {
  assert.deepEqual(told({ notes: [reboot(30_000, "pi-1")], rules: TWO_ROUTES }), [
    "35s sms (twilio): rebooted PI-1 back 30s",
    "35s webhook (webhook): rebooted PI-1 back 30s",
  ]);
});

Deno.test("an unexpected reboot is an incident of history that is over at once", () => {
  assert.deepEqual(linesOf(playPolicy({ notes: [reboot(30_000, "pi-1")] })).slice(0, 2), [
    "10s reboot pi-1 opened",
    "30s reboot pi-1 closed",
  ]);
});

Deno.test("after a death that was told the message of its end tells of the reboot", () => {
  const notes = [at(10_000, "pi-1", "dead"), reboot(60_000, "pi-1"), at(60_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes }), [
    "25s sms (twilio): down PI-1 since 10s",
    "65s sms (twilio): recovered PI-1 10s to 60s now alive rebooted",
  ]);
});

Deno.test("after a death that nobody was told of the reboot is told alone", () => {
  const notes = [at(10_000, "pi-1", "dead"), reboot(20_000, "pi-1"), at(20_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes }), ["25s sms (twilio): rebooted PI-1 back 20s"]);
});

Deno.test("reboots within the group time are one message", () => {
  const notes = [reboot(30_000, "pi-1"), reboot(33_000, "pi-2")];
  const [first, ...others] = told({ notes });
  assert.equal(first, "35s sms (twilio): rebooted PI-1 back 30s, rebooted PI-2 back 33s");
  assert.deepEqual(others, []);
});

Deno.test("each reboot is told, though the message about an earlier one waits", () => {
  const notes = [
    at(10_000, "pi-2", "dead"),
    reboot(300_000, "pi-1"),
    reboot(600_000, "pi-1"),
  ];
  const routes = [routeTo("sms", { channels: [channelTo("twilio", { perHourMax: 1 })] })];
  assert.deepEqual(told({ notes, rules: { routes } }), [
    "25s sms (twilio): down PI-2 since 10s",
    "3625s sms (twilio): rebooted PI-1 back 300s, rebooted PI-1 back 600s",
  ]);
});

Deno.test("who works on a node pulls its plug: that is not told, not even later", () => {
  for (const node of ["pi-1", undefined]) {
    const notes = [maintain(10_000, HOUR_MS, node), reboot(30_000, "pi-1")];
    assert.deepEqual(told({ notes }), []);
  }
});

Deno.test("who says a moment late that he works on a node is not told of its reboot", () => {
  const notes = [reboot(30_000, "pi-1"), maintain(33_000, HOUR_MS, "pi-1")];
  assert.deepEqual(told({ notes }), []);
});

Deno.test("reboots of a flapping node are part of its flapping", () => {
  const notes = [1, 4, 7].flatMap((minute) => [
    at(minute * MINUTE_MS, "pi-1", "dead"),
    at((minute + 2) * MINUTE_MS, "pi-1", "alive"),
  ]);
  const more = [at(600_000, "pi-1", "dead"), reboot(610_000, "pi-1"), at(610_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes: [...notes, ...more] }).slice(4), [
    "435s sms (twilio): flapping PI-1 since 60s 5 changes",
    "2410s sms (twilio): stable PI-1 now alive since 610s 8 changes",
  ]);
});

Deno.test("a reboot that an earlier run has not told is told once the hub sees", () => {
  const rebooted = openDeath("pi-1", {
    subject: { kind: "reboot", node: "pi-1" },
    startedAtMs: -40_000,
    ended: { atMs: -20_000, now: "alive" },
    held: ["sms"],
  });
  assert.deepEqual(told({ notes: [], open: [rebooted], seesAtMs: 3000 }), [
    "3s sms (twilio): rebooted PI-1 back -20s",
  ]);
});

Deno.test("a reboot that one route knows and another waits for is told to that one alone", () => {
  const rebooted = openDeath("pi-1", {
    subject: { kind: "reboot", node: "pi-1" },
    ended: { atMs: -20_000, now: "alive" },
    held: ["webhook"],
  });
  assert.deepEqual(told({ notes: [], open: [rebooted], rules: TWO_ROUTES }), [
    "0s webhook (webhook): rebooted PI-1 back -20s",
  ]);
});

Deno.test("a node that was last heard before the hub was stopped in order is no news", () => {
  const notes = [reboot(15_000, "pi-1"), reboot(60_000, "pi-2")];
  assert.deepEqual(told({ notes, rules: { rebootsFromMs: 0 } }), [
    "65s sms (twilio): rebooted PI-2 back 60s",
  ]);
});

Deno.test("who is called up when nobody cares has no use for reboots", () => {
  const routes = [routeTo("escalation", { holdMs: 60_000, skipsAcknowledged: true })];
  assert.deepEqual(told({ notes: [reboot(30_000, "pi-1")], rules: { routes } }), []);
});
