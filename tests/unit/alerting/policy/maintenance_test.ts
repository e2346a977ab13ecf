/** Somebody works on a node, or on all of them: nothing is told until he is done. */

import assert from "node:assert/strict";
import {
  at,
  HOUR_MS,
  maintain,
  MINUTE_MS,
  playPolicy,
  routeTo,
  sightAt,
  told,
} from "../../../support/alerting/policy_score.ts";
import { linesOfKind } from "../../../support/detection/score_lines.ts";

Deno.test("a death during maintenance is told at its end if it is still true, and not before", () => {
  for (const node of ["pi-1", undefined]) {
    const notes = [maintain(10_000, HOUR_MS, node), at(60_000, "pi-1", "dead")];
    assert.deepEqual(told({ notes }), ["3600s sms (twilio): down PI-1 since 60s"]);
  }
});

Deno.test("who came back while he was worked on was never told", () => {
  const notes = [
    maintain(10_000, HOUR_MS, "pi-1"),
    at(60_000, "pi-1", "dead"),
    at(3_590_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }), []);
});

Deno.test("a death shortly before the end of maintenance is held as any other", () => {
  const notes = [maintain(10_000, HOUR_MS, "pi-1"), at(HOUR_MS - 5000, "pi-1", "dead")];
  assert.deepEqual(told({ notes }), ["3610s sms (twilio): down PI-1 since 3595s"]);
});

Deno.test("other nodes are told as ever", () => {
  const notes = [maintain(10_000, HOUR_MS, "pi-1"), at(60_000, "pi-2", "dead")];
  assert.deepEqual(told({ notes }), ["75s sms (twilio): down PI-2 since 60s"]);
});

Deno.test("maintenance that is ended early tells what is so", () => {
  const notes = [
    maintain(10_000, HOUR_MS, "pi-1"),
    at(60_000, "pi-1", "dead"),
    maintain(120_000, 0, "pi-1"),
  ];
  assert.deepEqual(told({ notes }), ["120s sms (twilio): down PI-1 since 60s"]);
});

Deno.test("maintenance that is prolonged lasts until its new end", () => {
  const notes = [
    maintain(10_000, HOUR_MS, "pi-1"),
    at(60_000, "pi-1", "dead"),
    maintain(HOUR_MS - 1000, 2 * HOUR_MS, "pi-1"),
  ];
  assert.deepEqual(told({ notes }), ["7200s sms (twilio): down PI-1 since 60s"]);
});

Deno.test("the end of one node's maintenance is not the end of everybody's", () => {
  const notes = [
    maintain(10_000, 2 * HOUR_MS),
    maintain(20_000, HOUR_MS, "pi-1"),
    at(60_000, "pi-1", "dead"),
    maintain(120_000, 0, "pi-1"),
  ];
  assert.deepEqual(told({ notes }), ["7200s sms (twilio): down PI-1 since 60s"]);
});

Deno.test("who was told before and comes back meanwhile is told as recovered at the end", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    maintain(60_000, HOUR_MS, "pi-1"),
    at(120_000, "pi-1", "alive"),
    // Another message goes out meanwhile: it says nothing of him.
    at(600_000, "pi-2", "dead"),
  ];
  assert.deepEqual(told({ notes }), [
    "25s sms (twilio): down PI-1 since 10s",
    "615s sms (twilio): down PI-2 since 600s",
    "3600s sms (twilio): recovered PI-1 10s to 120s now alive",
  ]);
});

Deno.test("a return that is due after the end of maintenance does not go along during it", () => {
  const rules = { groupMs: 60_000, routes: [routeTo("sms", { holdMs: 0 })] };
  const notes = [
    at(10_000, "pi-1", "dead"),
    at(71_000, "pi-2", "dead"),
    at(80_000, "pi-1", "alive"),
    maintain(85_000, 135_000, "pi-1"),
  ];
  assert.deepEqual(told({ notes, rules }), [
    "70s sms (twilio): down PI-1 since 10s",
    "131s sms (twilio): down PI-2 since 71s",
    "140s sms (twilio): recovered PI-1 10s to 80s now alive",
  ]);
});

Deno.test("what was due before maintenance began and is over is told at its end", () => {
  const notes = [
    at(10_000, "pi-2", "dead"),
    at(60_000, "pi-1", "dead"),
    maintain(100_000, 2 * HOUR_MS, "pi-1"),
    at(200_000, "pi-1", "alive"),
  ];
  const routes = [
    routeTo("sms", {
      channels: [{ name: "twilio", recipients: 1, perHourMax: 1, quiet: undefined }],
    }),
  ];
  assert.deepEqual(told({ notes, rules: { routes } }), [
    "25s sms (twilio): down PI-2 since 10s",
    "7200s sms (twilio): was down PI-1 60s to 200s now alive",
  ]);
});

Deno.test("nobody is reminded of a node that somebody works on", () => {
  const rules = { routes: [routeTo("sms", { remindMs: 10 * MINUTE_MS })] };
  const notes = [at(10_000, "pi-1", "dead"), maintain(60_000, HOUR_MS, "pi-1")];
  assert.deepEqual(told({ notes, rules, untilMs: HOUR_MS + MINUTE_MS }), [
    "25s sms (twilio): down PI-1 since 10s",
    "3600s sms (twilio): still_down PI-1 since 10s",
  ]);
});

Deno.test("whoever works on everything may stop the broker, too", () => {
  const notes = [maintain(10_000, HOUR_MS), sightAt(60_000, true), sightAt(1_800_000, false)];
  assert.deepEqual(told({ notes }), []);
  const longer = [maintain(10_000, HOUR_MS), sightAt(60_000, true)];
  assert.deepEqual(told({ notes: longer }), ["3600s sms (twilio): blind since 60s"]);
});

Deno.test("maintenance outlives the hub, and history knows of its end", () => {
  const maintenance = new Map([["pi-1", HOUR_MS]]);
  const notes = [at(60_000, "pi-1", "dead"), maintain(120_000, 180_000, "pi-1")];
  assert.deepEqual(told({ notes: notes.slice(0, 1), maintenance }), [
    "3600s sms (twilio): down PI-1 since 60s",
  ]);
  assert.deepEqual(linesOfKind(playPolicy({ notes, maintenance }), "maintained"), [
    "120s pi-1 maintained until 180s",
  ]);
});
