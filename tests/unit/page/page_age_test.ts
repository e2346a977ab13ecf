/** Lengths and instants as people read them. */

import assert from "node:assert/strict";
import { agoText, lengthText } from "../../../web/words/age.ts";
import { byDay } from "../../../web/words/by_day.ts";
import { stateSince } from "../../../web/words/down_since.ts";
import { incidentLength } from "../../../web/words/history_text.ts";
import { clockText, dayText, fullText, setZone, sinceText } from "../../../web/words/instant.ts";
import { zoneText } from "../../../web/words/zone_text.ts";
import { incident } from "../../support/page/page_views.ts";

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

Deno.test("times are told in the hub's zone, and in the browser's where that is not known", () => {
  const instant = "2026-03-01T13:02:11Z";
  try {
    setZone("Asia/Kolkata");
    assert.equal(clockText(instant), "18:32:11");
    assert.equal(sinceText(instant, instant), "18:32");
    assert.equal(dayText("2026-03-01T19:00:00Z", instant), "Monday 2 March 2026");
    const row = { at: "2026-03-01T19:00:00Z" };
    const [day] = byDay([row], ({ at }) => at, { now: row.at });
    assert.equal(day?.day, "Today");
    setZone("Mars/Olympus");
    assert.equal(clockText(instant), clockText(instant, undefined));
  } finally {
    setZone("");
  }
});

Deno.test("the page says in whose zone it tells times where the reader's clock shows others", () => {
  const now = "2026-03-01T13:02:11Z";
  assert.equal(zoneText(BERLIN, now, "Europe/Paris"), undefined);
  assert.equal(zoneText(undefined, now, BERLIN), undefined);
  assert.equal(
    zoneText("America/New_York", now, BERLIN),
    "All times are the hub's (America/New York): 08:02 there is 14:02 here.",
  );
  assert.equal(
    zoneText("UTC", now, BERLIN),
    "All times are the hub's (UTC): 13:02 there is 14:02 here. For another zone, set [hub] time_zone.",
  );
});

Deno.test("what is down is so since the last sign of life", () => {
  const since = "2026-03-01T13:02:11.000Z";
  const last_heartbeat_at = "2026-03-01T13:02:06.000Z";
  for (const liveness of ["dead", "suspect"] as const) {
    assert.equal(stateSince({ liveness, since, last_heartbeat_at }), last_heartbeat_at);
    assert.equal(stateSince({ liveness, since, last_heartbeat_at: null }), since);
  }
  assert.equal(stateSince({ liveness: "alive", since, last_heartbeat_at }), since);
  const died = incident(1, { died_at: since, last_heard_at: last_heartbeat_at });
  const recovered_at = "2026-03-01T13:02:20.000Z";
  assert.equal(incidentLength({ ...died, recovered_at }, 0), "14 s");
  assert.equal(incidentLength({ ...died, last_heard_at: null, recovered_at }, 0), "9 s");
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
