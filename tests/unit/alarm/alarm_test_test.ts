/** A test of the alarm: by a long press, or by a message of the hub. */

import assert from "node:assert/strict";
import type { TrackerInput } from "../../../core/alarm/tracker_machine.ts";
import { beats } from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import {
  press,
  SELF,
  shown,
  shownAndSaid,
  type WatchScore,
} from "../../support/detection/watch_score.ts";

/** Shown as dead at 15 s, sounds from 19 s. */
const DIES = beats("pi-1", { fromMs: 1000, toMs: 10_000 });

/** What is shown and published after all was well. */
function told(
  notes: readonly Note<TrackerInput>[],
  untilMs: number,
  more: Partial<WatchScore> = {},
): readonly string[] {
  return shownAndSaid({ notes, untilMs, ...more }).slice(1);
}

Deno.test("a long press tests the alarm for 5 s, then the true state is shown again", () => {
  assert.deepEqual(told(press(1000, 6000), 60_000), ["4s show test", "9s show all_well"]);
  // The node is shown as suspect at 13.3 s, while the test plays, and as dead at 15 s.
  assert.deepEqual(told([...DIES, ...press(8000, 3200)], 16_000), [
    "11s show test",
    "16s show dead",
  ]);
});

Deno.test("a long press works without a broker", () => {
  const lines = shown({ notes: press(20_000, 3500), untilMs: 60_000, roundTrip: () => undefined });
  assert.deepEqual(lines, ["23s show test", "28s show blind"]);
});

Deno.test("the hub's test message tests only the alarm of its node, and never when retained", () => {
  const ask = (node: string, retained = false): Note<TrackerInput> => [
    10_000,
    { kind: "alarm_test", node, retained },
  ];
  assert.deepEqual(told([ask(SELF)], 60_000), ["10s show test", "15s show all_well"]);
  assert.deepEqual(told([ask("bran")], 60_000), []);
  assert.deepEqual(told([ask(SELF, true)], 60_000), []);
});

Deno.test("a repeated test lasts 5 s from then on", () => {
  const ask = (atMs: number): Note<TrackerInput> => [
    atMs,
    { kind: "alarm_test", node: SELF, retained: false },
  ];
  assert.deepEqual(told([ask(10_000), ask(13_000)], 60_000), [
    "10s show test",
    "18s show all_well",
  ]);
});
