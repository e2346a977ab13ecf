/** A node that dies and comes back again and again: one message, silence, and one when it is stable. */

import assert from "node:assert/strict";
import {
  at,
  HOUR_MS,
  maintain,
  MINUTE_MS,
  playPolicy,
  reboot,
  routeTo,
  told,
} from "../../../support/alerting/policy_score.ts";
import { linesOf } from "../../../support/detection/score_lines.ts";

/** Three deaths of two minutes, three minutes apart: the third is found to last at 7:15. */
const THREE_DEATHS = [1, 4, 7].flatMap((minute) => [
  at(minute * MINUTE_MS, "pi-1", "dead"),
  at((minute + 2) * MINUTE_MS, "pi-1", "alive"),
]);
const TOLD_BEFORE = [
  "75s sms (twilio): down PI-1 since 60s",
  "185s sms (twilio): recovered PI-1 60s to 180s now alive",
  "255s sms (twilio): down PI-1 since 240s",
  "365s sms (twilio): recovered PI-1 240s to 360s now alive",
];
const FLAPPING = "435s sms (twilio): flapping PI-1 since 60s 5 changes";

Deno.test("the third lasting death within the window is told as flapping, and then nothing", () => {
  const untilMs = 30 * MINUTE_MS;
  assert.deepEqual(told({ notes: THREE_DEATHS, untilMs }), [...TOLD_BEFORE, FLAPPING]);
});

Deno.test("it is told once when nothing has changed for the window, with its changes", () => {
  const more = [10, 13].flatMap((minute) => [
    at(minute * MINUTE_MS, "pi-1", "dead"),
    at((minute + 1) * MINUTE_MS, "pi-1", "alive"),
  ]);
  assert.deepEqual(told({ notes: [...THREE_DEATHS, ...more] }).slice(4), [
    FLAPPING,
    "2640s sms (twilio): stable PI-1 now alive since 840s 10 changes",
  ]);
});

Deno.test("a flapping node that stays down for five minutes is down for good, and later recovers", () => {
  const notes = [
    ...THREE_DEATHS,
    at(10 * MINUTE_MS, "pi-1", "dead"),
    at(60 * MINUTE_MS, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }).slice(4), [
    FLAPPING,
    "900s sms (twilio): stable PI-1 now dead since 600s 7 changes",
    "3605s sms (twilio): recovered PI-1 600s to 3600s now alive",
  ]);
});

Deno.test("a flapping node that is stopped by its owner is stable as such", () => {
  const notes = [...THREE_DEATHS, at(10 * MINUTE_MS, "pi-1", "left")];
  const [stable] = told({ notes }).slice(5);
  assert.match(stable ?? "", /^2340s sms \(twilio\): stable PI-1 now left since \d+s 6 changes$/);
});

Deno.test("deaths that did not last are no flapping", () => {
  const notes = Array.from({ length: 20 }, (_, index) => [
    at((index + 1) * MINUTE_MS, "pi-1", "dead"),
    at((index + 1) * MINUTE_MS + 14_000, "pi-1", "alive"),
  ]).flat();
  assert.deepEqual(told({ notes }), []);
});

Deno.test("deaths further apart than the window are no flapping", () => {
  const notes = [1, 20, 39].flatMap((minute) => [
    at(minute * MINUTE_MS, "pi-1", "dead"),
    at((minute + 2) * MINUTE_MS, "pi-1", "alive"),
  ]);
  assert.deepEqual(told({ notes }).filter((line) => line.includes("flapping")), []);
});

Deno.test("other nodes are told as ever while one flaps", () => {
  const notes = [...THREE_DEATHS, at(8 * MINUTE_MS, "pi-2", "dead")];
  assert.ok(told({ notes }).includes("495s sms (twilio): down PI-2 since 480s"));
});

Deno.test("damping that is switched off tells each death", () => {
  const lines = told({ notes: THREE_DEATHS, rules: { flapDeaths: 0 } });
  assert.deepEqual(lines.slice(4), [
    "435s sms (twilio): down PI-1 since 420s",
    "545s sms (twilio): recovered PI-1 420s to 540s now alive",
  ]);
});

Deno.test("history has the flapping as an incident of its own", () => {
  const lines = linesOf(playPolicy({ notes: THREE_DEATHS }));
  assert.ok(lines.includes("60s flapping pi-1 opened"), lines.join("\n"));
  assert.ok(lines.includes("540s flapping pi-1 closed"), lines.join("\n"));
});

Deno.test("after it was stable a node flaps anew", () => {
  const hour = THREE_DEATHS.map(([atMs, input]) => [atMs, input] as const);
  const again = [61, 64, 67].flatMap((minute) => [
    at(minute * MINUTE_MS, "pi-1", "dead"),
    at((minute + 2) * MINUTE_MS, "pi-1", "alive"),
  ]);
  const lines = told({ notes: [...hour, ...again] });
  assert.equal(lines.filter((line) => line.includes(": flapping PI-1")).length, 2);
  assert.equal(lines.filter((line) => line.includes(": stable PI-1")).length, 2);
});

Deno.test("who escalates is not told of flapping, but of a node that stays down", () => {
  const escalation = routeTo("escalation", { holdMs: 5 * MINUTE_MS, skipsAcknowledged: true });
  const notes = [...THREE_DEATHS, at(10 * MINUTE_MS, "pi-1", "dead")];
  const lines = told({ notes, rules: { routes: [routeTo("sms"), escalation] } });
  assert.deepEqual(lines.filter((line) => line.includes("escalation")), [
    "900s escalation (twilio): down PI-1 since 600s",
  ]);
});

Deno.test("a recovery that was owed when the node began to flap is told with the flapping", () => {
  const notes = [
    ...THREE_DEATHS.slice(0, 3),
    at(419_000, "pi-1", "alive"),
    at(7 * MINUTE_MS, "pi-1", "dead"),
    at(9 * MINUTE_MS, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }).slice(3), [
    FLAPPING,
    "2340s sms (twilio): stable PI-1 now alive since 540s 6 changes",
  ]);
});

Deno.test("deaths while somebody works on the node are no flapping", () => {
  const notes = [maintain(0, 15 * MINUTE_MS, "pi-1"), ...THREE_DEATHS];
  assert.deepEqual(told({ notes }), []);
});

Deno.test("a Pi that reboots again and again is told as flapping, not each time", () => {
  const notes = [10_000, 70_000, 130_000, 190_000].map((atMs) => reboot(atMs, "pi-1"));
  assert.deepEqual(told({ notes, untilMs: 300_000 }), [
    "15s sms (twilio): rebooted PI-1 back 10s",
    "75s sms (twilio): rebooted PI-1 back 70s",
    "130s sms (twilio): flapping PI-1 since -10s 3 changes",
  ]);
});

Deno.test("a Pi that reboots every minute for hours is told of three times, and once when it is stable", () => {
  const notes = Array.from({ length: 180 }, (_, minute) => reboot(minute * MINUTE_MS, "pi-1"));
  const lines = told({ notes, untilMs: 4 * HOUR_MS });
  assert.equal(lines.length, 4, lines.join("\n"));
  assert.match(lines[3] ?? "", /stable PI-1 .* since 10740s 180 changes/);
});
