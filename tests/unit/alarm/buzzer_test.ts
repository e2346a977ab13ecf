/** When the buzzer sounds: quiet hours and flapping nodes. */

import assert from "node:assert/strict";
import { announce, type BuzzerRules, newBuzzer, soundingAt } from "../../../core/alarm/buzzer.ts";
import { NO_SILENCE } from "../../../core/alarm/silence.ts";
import type { TrackerInput } from "../../../core/alarm/tracker_machine.ts";
import { beats, link } from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { BUZZER_HOLD_MS, playWatch, shown } from "../../support/detection/watch_score.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Shown as dead at 15 s, sounds from 19 s. */
const DIES = beats("pi-1", { fromMs: 1000, toMs: 10_000 });

/** Quiet from 22:00 until a given time. The score begins at a given time of day. */
function quietUntil(
  until: string,
  startsAt: string,
  leapMs: (nowMs: number) => number = () => 0,
): BuzzerRules {
  const hours = { fromMinute: minutes("22:00"), toMinute: minutes(until) };
  const startMs = minutes(startsAt) * MINUTE_MS;
  const timeOfDayMs = (nowMs: number) => (startMs + nowMs + leapMs(nowMs)) % DAY_MS;
  return { holdMs: BUZZER_HOLD_MS, quiet: { hours, timeOfDayMs } };
}

function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}

/** What is shown from the first death. */
function shownOf(
  notes: readonly Note<TrackerInput>[],
  rules: BuzzerRules,
  untilMs: number,
): readonly string[] {
  return shown({ notes, rules, untilMs }).slice(2);
}

Deno.test("a buzzer is silent from the begin of the quiet hours, and sounds again at their end", () => {
  assert.deepEqual(shownOf(DIES, quietUntil("22:10", "21:59"), HOUR_MS), [
    "15.002s show dead",
    "19s show dead_buzzing",
    "60s show dead",
    "660s show dead_buzzing",
  ]);
});

Deno.test("a node that dies in quiet hours sounds at their end if it is still dead", () => {
  const rules = quietUntil("07:00", "22:00");
  assert.deepEqual(shownOf(DIES, rules, 10 * HOUR_MS), [
    "15.002s show dead",
    `${9 * 3600}s show dead_buzzing`,
  ]);
  const back = beats("pi-1", { fromMs: 20_000, toMs: 60_000, seq: 50 });
  const leaves: Note<TrackerInput> = [60_001, { kind: "forgotten", node: "pi-1" }];
  assert.deepEqual(shownOf([...DIES, ...back, leaves], rules, 10 * HOUR_MS), [
    "15.002s show dead",
    "20s show all_well",
  ]);
});

Deno.test("a hold that ends when the quiet hours begin waits for their end", () => {
  const rules = quietUntil("22:10", "21:59", () => 42_000);
  assert.deepEqual(shownOf(DIES, rules, HOUR_MS), [
    "15.002s show dead",
    "618s show dead_buzzing",
  ]);
});

Deno.test("quiet hours do not affect LED and lamp", () => {
  const { shown: { led, lamp } } =
    playWatch({ notes: DIES, rules: quietUntil("07:00", "22:00"), untilMs: 60_000 }).state;
  assert.ok(led.loop.length > 0 && lamp.loop.length > 0);
});

Deno.test("quiet hours of zero length have no effect", () => {
  assert.deepEqual(shownOf(DIES, quietUntil("22:00", "22:00"), HOUR_MS).slice(1), [
    "19s show dead_buzzing",
  ]);
});

Deno.test("a clock step out of the quiet hours lets the buzzer sound, and a step into them silences it", () => {
  // The tracker checks its wall clock in each step, for example at each of its own echoes.
  const out = quietUntil("07:00", "22:00", (nowMs) => nowMs < 100_000 ? 0 : 12 * HOUR_MS);
  assert.deepEqual(shownOf(DIES, out, 200_000).slice(1), ["100s show dead_buzzing"]);
  const into = quietUntil("07:00", "12:00", (nowMs) => nowMs < 100_000 ? 0 : 12 * HOUR_MS);
  assert.deepEqual(shownOf(DIES, into, 200_000).slice(1), [
    "19s show dead_buzzing",
    "100s show dead",
  ]);
});

Deno.test("the wall clock is checked at least every minute while a node is dead, and not otherwise", () => {
  const rules = quietUntil("07:00", "12:00");
  const buzzer = newBuzzer();
  const at = (nowMs: number) => soundingAt(buzzer, { rules, silence: NO_SILENCE, nowMs });
  assert.deepEqual(at(0), { sounds: false, nextMs: Infinity });
  announce(buzzer, { node: "pi-1", atMs: 0, learnedMs: 0 }, rules);
  assert.deepEqual(at(0), { sounds: false, nextMs: BUZZER_HOLD_MS });
  assert.deepEqual(at(5000), { sounds: true, nextMs: 5000 + MINUTE_MS });
  const beginsMs = 10 * HOUR_MS;
  assert.deepEqual(at(beginsMs - 2000), { sounds: true, nextMs: beginsMs });
  assert.deepEqual(at(beginsMs), { sounds: false, nextMs: beginsMs + MINUTE_MS });
  const endsMs = beginsMs + 9 * HOUR_MS;
  assert.deepEqual(at(endsMs - 30_000), { sounds: false, nextMs: endsMs });
  assert.deepEqual(at(endsMs), { sounds: true, nextMs: endsMs + MINUTE_MS });
});

/** `pi-1` is alive in these spans, in seconds, and dead from 5 s after each until the next. */
function lives(...stretchesS: readonly (readonly [number, number])[]): Note<TrackerInput>[] {
  return stretchesS.flatMap(([fromS, toS], index) =>
    beats("pi-1", { session: `run-${index}`, fromMs: fromS * 1000, toMs: toS * 1000 })
  );
}

/** The instants from which the buzzer sounds. */
function sounded(
  notes: readonly Note<TrackerInput>[],
  untilS: number,
  holdMs = BUZZER_HOLD_MS,
): readonly string[] {
  return shown({ notes, untilMs: untilS * 1000, rules: { holdMs } })
    .filter((line) => line.includes("dead_buzzing"))
    .map((line) => line.replace(" show dead_buzzing", ""));
}

Deno.test("from its third death within 10 minutes on a node sounds only after 60 s", () => {
  const notes = lives([1, 10], [100, 110], [200, 210], [300, 310]);
  assert.deepEqual(sounded(notes, 1000), ["19s", "119s", "275s", "375s"]);
});

Deno.test("a flapping node that is back within 60 s does not sound, and is shown each time", () => {
  const notes = lives([1, 10], [30, 40], [60, 70], [90, 100], [120, 130], [150, 160]);
  assert.deepEqual(sounded(notes, 1000), ["19s", "49s", "225s"]);
  const lines = shown({ notes, untilMs: 1_000_000 });
  assert.equal(lines.filter((line) => / dead$/.test(line)).length, 6);
});

Deno.test("after 10 minutes without a death a node is no longer flapping", () => {
  const flapped = [[1, 10], [100, 110], [200, 210]] as const;
  // It died at 215 s.
  assert.deepEqual(sounded(lives(...flapped, [300, 809]), 1000).slice(3), ["874s"]);
  assert.deepEqual(sounded(lives(...flapped, [300, 811]), 1000).slice(3), ["820s"]);
});

Deno.test("three deaths in more than 10 minutes are not flapping", () => {
  assert.deepEqual(sounded(lives([1, 10], [300, 310], [600, 611]), 1000), [
    "19s",
    "319s",
    "620s",
  ]);
  assert.deepEqual(sounded(lives([1, 10], [300, 310], [600, 609]), 1000).at(-1), "674s");
});

Deno.test("a hold longer than 60 s also applies to a flapping node", () => {
  const notes = lives([1, 10], [30, 40], [60, 70]);
  assert.deepEqual(sounded(notes, 1000, 90_000), ["165s"]);
});

Deno.test("a flapping node does not delay the buzzer for another", () => {
  const notes = lives([1, 10], [30, 40], [60, 70]);
  const other = beats("pi-2", { fromMs: 1000, toMs: 70_000 });
  assert.deepEqual(sounded([...notes, ...other], 1000), ["19s", "49s", "79s"]);
});

Deno.test("blindness restarts the long hold of a flapping node, and it sounds afterwards", () => {
  const notes: Note<TrackerInput>[] = [
    ...lives([1, 10], [30, 40], [60, 70]),
    [100_000, link(false)],
    [110_000, link(true)],
  ];
  assert.deepEqual(sounded(notes, 1000).at(-1), "170.002s");
});
