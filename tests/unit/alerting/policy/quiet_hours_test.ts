/** Hours in which people sleep: messages are held for the morning, and none is dropped. */

import assert from "node:assert/strict";
import type { Rules } from "../../../../core/alerting/policy/policy_state.ts";
import { quietForMs } from "../../../../core/config/value/quiet_hours.ts";
import { clockText } from "../../../support/alerting/alert_line.ts";
import {
  acknowledge,
  at,
  channelTo,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  playPolicy,
  type PolicyScore,
  routeTo,
  sightAt,
} from "../../../support/alerting/policy_score.ts";
import * as support from "../../../support/alerting/policy_score.ts";
import { notificationLines } from "../../../support/detection/score_lines.ts";

const NIGHT = { fromMinute: 22 * 60, toMinute: 7 * 60 };
const SLEEPER = routeTo("sms", { channels: [channelTo("twilio", { quiet: NIGHT })] });
/** Instant 0 is midnight. */
const AT_NIGHT: Partial<Rules> = {
  routes: [SLEEPER],
  timeOfDayMs: (nowMs) => nowMs % DAY_MS,
};

/** The instant of a time of the first day, or of a later one. */
function clock(text: string, day = 0): number {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;
}

function told(score: PolicyScore): readonly string[] {
  const whole = { rules: AT_NIGHT, untilMs: 2 * DAY_MS, ...score };
  return support.told(whole, clockText);
}

Deno.test("a window that spans midnight is quiet on both sides of it", () => {
  const quiet = (text: string) => quietForMs(NIGHT, clock(text)) / HOUR_MS;
  assert.deepEqual(["21:59", "22:00", "23:00", "00:00", "06:00", "07:00", "12:00"].map(quiet), [
    0,
    9,
    8,
    7,
    1,
    0,
    0,
  ]);
});

Deno.test("a window within a day is quiet within it, and an empty one never", () => {
  const noon = { fromMinute: 12 * 60, toMinute: 13 * 60 };
  assert.equal(quietForMs(noon, clock("12:30")), 30 * MINUTE_MS);
  assert.equal(quietForMs(noon, clock("11:59")), 0);
  assert.equal(quietForMs(noon, clock("13:00")), 0);
  assert.equal(quietForMs({ fromMinute: 60, toMinute: 60 }, clock("01:00")), 0);
});

Deno.test("who is still down in the morning is told then, in one message", () => {
  const notes = [at(clock("22:30"), "pi-1", "dead"), at(clock("23:50"), "pi-2", "dead")];
  assert.deepEqual(told({ notes }), [
    "07:00 sms (twilio): down PI-1 since 22:30, down PI-2 since 23:50",
  ]);
});

Deno.test("who was down in the night is told in the morning, from when to when", () => {
  const notes = [at(clock("22:30"), "pi-1", "dead"), at(clock("03:00", 1), "pi-1", "alive")];
  assert.deepEqual(told({ notes }), [
    "07:00 sms (twilio): was down PI-1 22:30 to 03:00 now alive",
  ]);
});

Deno.test("who was down twice in one night is told of both", () => {
  const notes = [
    at(clock("22:30"), "pi-1", "dead"),
    at(clock("23:00"), "pi-1", "alive"),
    at(clock("02:00", 1), "pi-1", "dead"),
  ];
  assert.deepEqual(told({ notes }), [
    "07:00 sms (twilio): was down PI-1 22:30 to 23:00 now alive, down PI-1 since 02:00",
  ]);
});

Deno.test("what undid itself within its hold at night is not told in the morning", () => {
  const notes = [
    at(clock("22:30"), "pi-1", "dead"),
    at(clock("22:30") + 14_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }), []);
});

Deno.test("who was told in the evening and comes back at night is told in the morning", () => {
  const notes = [at(clock("21:00"), "pi-1", "dead"), at(clock("23:00"), "pi-1", "alive")];
  assert.deepEqual(told({ notes }), [
    "21:00:15 sms (twilio): down PI-1 since 21:00",
    "07:00 sms (twilio): recovered PI-1 21:00 to 23:00 now alive",
  ]);
});

Deno.test("who came back at night and died again is down for all that people know", () => {
  const notes = [
    at(clock("21:00"), "pi-1", "dead"),
    acknowledge(clock("21:30"), "pi-1"),
    at(clock("23:00"), "pi-1", "alive"),
    at(clock("05:00", 1), "pi-1", "dead"),
    at(clock("12:00", 1), "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }), [
    "21:00:15 sms (twilio): down PI-1 since 21:00",
    "12:00:05 sms (twilio): recovered PI-1 21:00 to 12:00 now alive",
  ]);
});

Deno.test("a death just before the window is held if its own hold ends within it", () => {
  const notes = [at(clock("22:00") - 10_000, "pi-1", "dead")];
  assert.deepEqual(told({ notes }), ["07:00 sms (twilio): down PI-1 since 21:59:50"]);
});

Deno.test("what is held is written down when it is due", () => {
  const notes = [at(clock("22:30"), "pi-1", "dead"), at(clock("22:31"), "pi-2", "dead")];
  const played = playPolicy({ notes, rules: AT_NIGHT, untilMs: DAY_MS });
  assert.deepEqual(notificationLines(played, "deferred"), [
    "81015s node pi-1 deferred on sms",
    "81075s node pi-2 deferred on sms",
  ]);
});

Deno.test("a route whose channel is awake is told at once", () => {
  const awake = routeTo("webhook", { channels: [channelTo("webhook")] });
  const notes = [at(clock("22:30"), "pi-1", "dead"), at(clock("23:00"), "pi-1", "alive")];
  assert.deepEqual(told({ notes, rules: { ...AT_NIGHT, routes: [SLEEPER, awake] } }), [
    "22:30:15 webhook (webhook): down PI-1 since 22:30",
    "23:00:05 webhook (webhook): recovered PI-1 22:30 to 23:00 now alive",
    "07:00 sms (twilio): was down PI-1 22:30 to 23:00 now alive",
  ]);
});

Deno.test("a blind hub at night, a reboot and flapping are told in the morning as they ended", () => {
  const flaps = [0, 10, 20].flatMap((minute) => [
    at(clock("22:30") + minute * MINUTE_MS, "pi-2", "dead"),
    at(clock("22:30") + (minute + 5) * MINUTE_MS, "pi-2", "alive"),
  ]);
  const notes = [
    ...flaps,
    sightAt(clock("01:00", 1), true),
    sightAt(clock("02:00", 1), false),
    support.reboot(clock("03:00", 1), "pi-1"),
  ];
  const [line = "", ...others] = told({ notes });
  assert.deepEqual(others, []);
  const parts = [
    "07:00 sms (twilio): ",
    "was blind 01:00 to 02:00",
    "rebooted PI-1 back 03:00",
    "stable PI-2 now alive since 22:55 6 changes",
  ];
  for (const part of parts) assert.ok(line.includes(part), line);
  assert.ok(!line.includes("flapping"), line);
  assert.ok(!line.includes("was down"), line);
});

Deno.test("a death after a node was stable is told, though people sleep through all of it", () => {
  const flaps = [0, 10, 20].flatMap((minute) => [
    at(clock("22:30") + minute * MINUTE_MS, "pi-1", "dead"),
    at(clock("22:30") + (minute + 5) * MINUTE_MS, "pi-1", "alive"),
  ]);
  const death = [at(clock("02:00", 1), "pi-1", "dead"), at(clock("03:00", 1), "pi-1", "alive")];
  assert.deepEqual(told({ notes: [...flaps, ...death] }), [
    "07:00 sms (twilio): stable PI-1 now alive since 22:55 6 changes, " +
    "was down PI-1 02:00 to 03:00 now alive",
  ]);
});

Deno.test("a node that flapped, stayed down and came back while people slept is told as back", () => {
  const flaps = [0, 10, 20].flatMap((minute) => [
    at(clock("22:30") + minute * MINUTE_MS, "pi-1", "dead"),
    at(clock("22:30") + (minute + 5) * MINUTE_MS, "pi-1", "alive"),
  ]);
  const notes = [...flaps.slice(0, -1), at(clock("03:00", 1), "pi-1", "alive")];
  assert.deepEqual(told({ notes }), [
    "07:00 sms (twilio): stable PI-1 now dead since 22:50 5 changes, " +
    "recovered PI-1 22:50 to 03:00 now alive",
  ]);
});

Deno.test("a calendar that leaps while people sleep wakes nobody early, and nobody late", () => {
  // The clock is put forward from 02:00 to 03:00, or back from 03:00 to 02:00.
  for (const [leapMs, toldAtMs] of [[HOUR_MS, clock("06:00", 1)], [-HOUR_MS, clock("08:00", 1)]]) {
    const fromMs = clock(leapMs === HOUR_MS ? "02:00" : "03:00", 1);
    const timeOfDayMs = (nowMs: number) =>
      (nowMs >= fromMs ? nowMs + (leapMs ?? 0) : nowMs) % DAY_MS;
    const notes = [at(clock("22:30"), "pi-1", "dead")];
    const score = { notes, rules: { ...AT_NIGHT, timeOfDayMs }, untilMs: 2 * DAY_MS };
    const alerts = support.alertsOf(playPolicy(score));
    const late = alerts.map(({ atMs }) => atMs - (toldAtMs ?? 0));
    assert.equal(late.length, 1);
    assert.ok((late[0] ?? -1) >= 0 && (late[0] ?? Infinity) <= MINUTE_MS, `${late[0]} ms late`);
  }
});
