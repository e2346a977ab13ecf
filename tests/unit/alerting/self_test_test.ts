/** When the weekly self-test is due, and what it says. */

import assert from "node:assert/strict";
import {
  type LocalTime,
  selfTestDueMs,
  selfTestText,
} from "../../../core/alerting/message/self_test.ts";
import { smsParts } from "../../../core/alerting/sms.ts";

const HOUR_MS = 3_600_000;
const NEVER = -Infinity;
/** Mondays at 9. */
const TIME = { weekday: 1, minute: 9 * 60 };

/**
 * A zone that is ahead of UTC by one hour, and by two between two instants. Of a time that its clocks
 * show twice the first is meant, of one that they skip the instant as long after the change.
 */
function zone(summerFromMs: number, summerToMs: number): LocalTime {
  const offsetMs = (instantMs: number) =>
    instantMs >= summerFromMs && instantMs < summerToMs ? 2 * HOUR_MS : HOUR_MS;
  return {
    dayOf(instantMs) {
      const date = new Date(instantMs + offsetMs(instantMs));
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        weekday: date.getUTCDay(),
      };
    },
    instantOf({ year, month, day }, minute) {
      const localMs = Date.UTC(year, month - 1, day, 0, minute);
      const early = localMs - 2 * HOUR_MS;
      return early >= summerFromMs && early < summerToMs ? early : localMs - HOUR_MS;
    },
  };
}

/** Central Europe, 2026. */
const ZONE = zone(Date.parse("2026-03-29T01:00:00Z"), Date.parse("2026-10-25T01:00:00Z"));

function due(nowText: string, lastText?: string, time = TIME): string {
  const nowMs = Date.parse(nowText);
  const lastMs = lastText === undefined ? NEVER : Date.parse(lastText);
  return new Date(selfTestDueMs(time, { lastMs, nowMs }, ZONE)).toISOString();
}

Deno.test("the next self-test is due at its minute of the week, on the local clock", () => {
  const last = "2026-11-16T08:00:00.003Z";
  assert.equal(due("2026-11-22T14:00:00Z", last), "2026-11-23T08:00:00.000Z");
  assert.equal(due("2026-11-23T07:59:59Z", last), "2026-11-23T08:00:00.000Z");
  assert.equal(due("2026-11-23T08:00:00Z", last), "2026-11-23T08:00:00.000Z");
  assert.equal(due("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"), "2026-11-30T08:00:00.000Z");
});

Deno.test("a hub that was off sends it within twelve hours, and then waits for the next", () => {
  const last = "2026-11-16T08:00:00Z";
  const missed = "2026-11-23T08:00:00.000Z";
  assert.equal(due("2026-11-23T19:59:59Z", last), missed);
  assert.equal(due("2026-11-23T20:00:00Z", last), "2026-11-30T08:00:00.000Z");
  assert.equal(due("2026-11-26T20:00:00Z", last), "2026-11-30T08:00:00.000Z");
  assert.equal(due("2026-11-23T19:59:59Z", "2026-11-23T19:00:00Z"), "2026-11-30T08:00:00.000Z");
});

Deno.test("one that fell due just before midnight is found on the next day", () => {
  const late = { weekday: 0, minute: 23 * 60 + 59 };
  const missed = "2026-11-22T22:59:00.000Z";
  assert.equal(due("2026-11-23T05:00:00Z", "2026-11-15T22:59:00Z", late), missed);
  assert.equal(due("2026-11-23T05:00:00Z", missed, late), "2026-11-29T22:59:00.000Z");
});

Deno.test("summer time moves the instant, not the minute on the clock", () => {
  assert.equal(due("2026-03-24T12:00:00Z", "2026-03-23T08:00:00Z"), "2026-03-30T07:00:00.000Z");
  assert.equal(due("2026-10-20T12:00:00Z", "2026-10-19T07:00:00Z"), "2026-10-26T08:00:00.000Z");
});

Deno.test("a minute that the clocks show twice is due once, and one that they skip is due, too", () => {
  const twice = { weekday: 0, minute: 2 * 60 + 30 };
  const first = "2026-10-25T00:30:00.000Z";
  assert.equal(due("2026-10-24T12:00:00Z", "2026-10-18T00:30:00Z", twice), first);
  assert.equal(due("2026-10-25T01:30:00Z", first, twice), "2026-11-01T01:30:00.000Z");
  const skipped = due("2026-03-28T12:00:00Z", "2026-03-22T01:30:00Z", twice);
  assert.equal(skipped, "2026-03-29T01:30:00.000Z");
});

Deno.test("a calendar that is set back sends nothing twice, one that was far ahead keeps nothing back", () => {
  const sent = "2026-11-23T08:00:00.000Z";
  assert.equal(due("2026-11-23T07:00:00Z", sent), "2026-11-30T08:00:00.000Z");
  assert.equal(due("2026-11-22T07:00:00Z", "2036-01-01T00:00:00Z"), "2026-11-23T08:00:00.000Z");
});

Deno.test("every Monday has one self-test, however often it is looked", () => {
  let lastMs = Date.parse("2026-01-01T00:00:00Z");
  const sent: number[] = [];
  const endMs = Date.parse("2027-01-01T00:00:00Z");
  for (let nowMs = lastMs; nowMs < endMs; nowMs += 7 * 60_000) {
    if (selfTestDueMs(TIME, { lastMs, nowMs }, ZONE) > nowMs) continue;
    sent.push(nowMs);
    lastMs = nowMs;
  }
  assert.equal(sent.length, 52);
  for (const ms of sent) {
    assert.equal(ZONE.dayOf(ms).weekday, 1);
  }
});

const NODES = [
  { id: "john-snow", name: "John Snow", liveness: "alive" },
  { id: "arya", name: "Arya", liveness: "alive" },
  { id: "bran", name: "Bran", liveness: "dead" },
] as const;

Deno.test("the self-test counts the Pis by their state and names those that are down", () => {
  const head = "RPi Cluster Alert: weekly test. ";
  assert.equal(selfTestText(NODES, false), `${head}2 Pis up, 1 down (Bran).`);
  assert.equal(selfTestText(NODES.slice(1, 2), false), `${head}1 Pi up.`);
  assert.equal(selfTestText(NODES.slice(2), false), `${head}1 Pi down (Bran).`);
  assert.equal(selfTestText([], false), `${head}No Pi is known yet.`);
  assert.equal(selfTestText(NODES, true), `${head}The hub cannot see the broker now.`);
});

Deno.test("the self-test of a large cluster is one SMS, and a name forges nothing in it", () => {
  const states = ["alive", "suspect", "dead", "left", "unknown"] as const;
  const many = states.flatMap((liveness) =>
    Array.from({ length: 999 }, (_, index) => ({
      id: `pi-${index}`,
      name: `a name of a Pi that is rather long, number ${index}`,
      liveness,
    }))
  );
  const text = selfTestText(many, false);
  assert.deepEqual(smsParts(text).parts, 1, text);
  assert.match(
    text,
    /^RPi .*999 Pis up, 999 late, 999 down \(.* and 996 more\), 999 stopped, 999 unknown\.$/,
  );
  const forged = { id: "pi-1", name: "x\nBran is up", liveness: "dead" } as const;
  assert.ok(!selfTestText([forged], false).includes("\n"));
});
