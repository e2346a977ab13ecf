/** Lengths and instants as people read them. */

import assert from "node:assert/strict";
import { agoText, lengthText } from "../../web/words/age.ts";
import { byDay } from "../../web/words/by_day.ts";
import { clockText, dayText, fullText, sinceText } from "../../web/words/instant.ts";

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;
const BERLIN = "Europe/Berlin";

Deno.test("a length is told in its two largest units", () => {
  const lengths: readonly [number, string][] = [
    [-5 * S, "0 s"],
    [0, "0 s"],
    [14_999, "14 s"],
    [59_999, "59 s"],
    [MIN, "1 min"],
    [3 * MIN + 5 * S, "3 min 5 s"],
    [H - 1, "59 min 59 s"],
    [2 * H + 14 * MIN + 59 * S, "2 h 14 min"],
    [D, "1 d"],
    [4 * D + 3 * H + 59 * MIN, "4 d 3 h"],
  ];
  assert.deepEqual(lengths.map(([ms]) => lengthText(ms)), lengths.map(([, text]) => text));
});

Deno.test("an age below two seconds does not flicker", () => {
  assert.equal(agoText(-300), "just now");
  assert.equal(agoText(1999), "just now");
  assert.equal(agoText(2000), "2 s ago");
  assert.equal(agoText(3 * MIN + 5 * S), "3 min 5 s ago");
});

Deno.test("instants of the hub are told in the reader's zone", () => {
  assert.equal(clockText("2026-03-01T13:02:11Z", BERLIN), "14:02:11");
  assert.equal(clockText("2026-07-01T22:00:05.123Z", BERLIN), "00:00:05");
  assert.equal(fullText("2026-03-01T13:02:11Z", BERLIN), "Sun 1 March 2026, 14:02:11 CET");
});

Deno.test("an instant of another day names its day", () => {
  const now = "2026-03-02T09:00:00Z";
  assert.equal(sinceText("2026-03-02T08:02:11Z", now, BERLIN), "09:02");
  assert.equal(sinceText("2026-03-01T13:02:11Z", now, BERLIN), "1 Mar 14:02");
  assert.equal(sinceText("2026-03-01T23:30:00Z", now, BERLIN), "00:30");
});

Deno.test("days are today, yesterday, or have a date", () => {
  const now = "2026-03-02T09:00:00Z";
  assert.equal(dayText("2026-03-01T23:30:00Z", now, BERLIN), "Today");
  assert.equal(dayText("2026-03-01T22:30:00Z", now, BERLIN), "Yesterday");
  assert.equal(dayText("2026-02-27T22:30:00Z", now, BERLIN), "Friday 27 February 2026");
});

Deno.test("rows stand under their days in the order in which they came", () => {
  const rows = ["2026-03-02T08:00:00Z", "2026-03-02T07:00:00Z", "2026-03-01T07:00:00Z"];
  const days = byDay(rows, (row) => row, { now: "2026-03-02T09:00:00Z", zone: BERLIN });
  assert.deepEqual(days, [
    { day: "Today", rows: rows.slice(0, 2) },
    { day: "Yesterday", rows: rows.slice(2) },
  ]);
});

Deno.test("what is no instant is shown as it is", () => {
  assert.equal(clockText("soon", BERLIN), "soon");
});
