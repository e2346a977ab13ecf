/** What an earlier run of the hub left behind, and nodes that are no longer watched. */

import assert from "node:assert/strict";
import {
  at,
  channelTo,
  MINUTE_MS,
  news,
  openDeath,
  playPolicy,
  routeTo,
  told,
  TWENTY,
} from "../../../support/alerting/policy_score.ts";
import { linesOf, notificationLines } from "../../../support/detection/score_lines.ts";

const ENDED = { atMs: -10_000, now: "alive" } as const;
const TWO_ROUTES = {
  routes: [routeTo("sms"), routeTo("webhook", { channels: [channelTo("webhook")] })],
};

function notHeard(atMs: number, node: string) {
  return [atMs, news(node, "dead", atMs, "not_heard")] as const;
}

Deno.test("a death that is confirmed after a restart is told once", () => {
  const notes = [notHeard(10_000, "pi-1"), at(50_000, "pi-1", "alive")];
  assert.deepEqual(told({ open: [openDeath("pi-1")], notes }), [
    "15s sms (twilio): down PI-1 since -60s",
    "55s sms (twilio): recovered PI-1 -60s to 50s now alive",
  ]);
});

Deno.test("deaths that are confirmed together after a restart share a message", () => {
  const [alert, ...others] = told({
    open: TWENTY.map((id) => openDeath(id)),
    notes: TWENTY.map((id, index) => notHeard(10_000 + Math.floor(index / 4), id)),
  });
  assert.equal(alert?.match(/down/g)?.length, 20);
  assert.deepEqual(others, []);
});

Deno.test("a death that was told before a restart is not told twice", () => {
  const open = [openDeath("pi-1", { told: ["sms"] })];
  const notes = [notHeard(10_000, "pi-1"), at(50_000, "pi-1", "alive")];
  assert.deepEqual(told({ open, notes }), [
    "55s sms (twilio): recovered PI-1 -60s to 50s now alive",
  ]);
  assert.deepEqual(notificationLines(playPolicy({ open, notes }), "notified"), []);
});

Deno.test("a death of which one route knows is told to the other alone", () => {
  const open = [openDeath("pi-1", { told: ["sms"] })];
  assert.deepEqual(told({ open, notes: [notHeard(10_000, "pi-1")], rules: TWO_ROUTES }), [
    "15s webhook (webhook): down PI-1 since -60s",
  ]);
});

Deno.test("a death of an earlier run that this one has not seen is never told", () => {
  assert.deepEqual(told({ open: [openDeath("pi-1")], notes: [] }), []);
  assert.deepEqual(told({ open: [openDeath("pi-1")], notes: [at(5000, "pi-1", "alive")] }), []);
});

Deno.test("a death that was told and has ended unseen is told as recovered", () => {
  const open = [openDeath("pi-1", { told: ["sms"] })];
  assert.deepEqual(told({ open, notes: [at(5000, "pi-1", "alive")] }), [
    "10s sms (twilio): recovered PI-1 -60s to 5s now alive",
  ]);
});

Deno.test("a recovery that an earlier run owes is told once the hub sees", () => {
  const owed = [openDeath("pi-1", { told: ["sms"], ended: ENDED })];
  assert.deepEqual(told({ open: owed, notes: [], seesAtMs: 3000 }), [
    "3s sms (twilio): recovered PI-1 -60s to -10s now alive",
  ]);
  assert.deepEqual(told({ open: [openDeath("pi-1", { ended: ENDED })], notes: [] }), []);
});

Deno.test("a message that was held is told though its incident is over", () => {
  const held = [openDeath("pi-1", { held: ["sms"], ended: ENDED })];
  assert.deepEqual(told({ open: held, notes: [] }), [
    "0s sms (twilio): was down PI-1 -60s to -10s now alive",
  ]);
});

Deno.test("a held message about what goes on is told as soon as this run has seen it, too", () => {
  const open = [openDeath("pi-1", { held: ["sms"] })];
  assert.deepEqual(told({ open, notes: [notHeard(10_000, "pi-1")] }), [
    "15s sms (twilio): down PI-1 since -60s",
  ]);
  assert.deepEqual(told({ open, notes: [at(5000, "pi-1", "alive")] }), [
    "5s sms (twilio): was down PI-1 -60s to 5s now alive",
  ]);
});

Deno.test("held messages about several incidents of one node are all told", () => {
  const open = [
    openDeath("pi-1", { held: ["sms"], startedAtMs: -90_000, ended: { ...ENDED, atMs: -70_000 } }),
    openDeath("pi-1", { held: ["sms"], ended: ENDED }),
    openDeath("pi-1", { startedAtMs: -5000 }),
  ];
  assert.deepEqual(told({ open, notes: [notHeard(10_000, "pi-1")] }), [
    "0s sms (twilio): was down PI-1 -90s to -70s now alive, was down PI-1 -60s to -10s now alive",
    "15s sms (twilio): down PI-1 since -5s",
  ]);
});

Deno.test("a flapping node goes on flapping, and counts as stable a whole window later", () => {
  const flapping = openDeath("pi-1", {
    subject: { kind: "flapping", node: "pi-1" },
    told: ["sms"],
    changes: 7,
  });
  const notes = [
    at(1000, "pi-1", "alive"),
    at(60_000, "pi-1", "dead"),
    at(200_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ open: [flapping], notes }), [
    "2000s sms (twilio): stable PI-1 now alive since 200s 9 changes",
  ]);
});

Deno.test("a blindness that people know of goes on across a restart, or ends with it", () => {
  const broker = openDeath("", { subject: { kind: "broker" }, told: ["sms"] });
  assert.deepEqual(told({ open: [broker], notes: [], seesAtMs: 10 * MINUTE_MS }), [
    "605s sms (twilio): sees -60s to 600s",
  ]);
  assert.deepEqual(told({ open: [broker], notes: [], seesAtMs: 2000 }), [
    "7s sms (twilio): sees -60s to 2s",
  ]);
});

Deno.test("a blindness that was over before the restart is told as it was", () => {
  const ended = { atMs: -1000, now: "alive" } as const;
  const broker = openDeath("", { subject: { kind: "broker" }, told: ["sms"], ended });
  assert.deepEqual(told({ open: [broker], notes: [], seesAtMs: 30_000 }), [
    "4s sms (twilio): sees -60s to -1s",
  ]);
});

Deno.test("a node that is removed is dropped, told or not", () => {
  const removed = (atMs: number) => [atMs, { kind: "removed", node: "pi-1", atMs }] as const;
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead"), removed(20_000)] }), []);
  const notes = [at(10_000, "pi-1", "dead"), removed(30_000), at(40_000, "pi-1", "alive")];
  assert.deepEqual(told({ notes }), ["25s sms (twilio): down PI-1 since 10s"]);
  assert.ok(linesOf(playPolicy({ notes })).includes("30s node pi-1 closed"));
  const again = [at(10_000, "pi-1", "dead"), removed(30_000), at(50_000, "pi-1", "dead")];
  assert.deepEqual(told({ notes: again }), [
    "25s sms (twilio): down PI-1 since 10s",
    "65s sms (twilio): down PI-1 since 50s",
  ]);
});
