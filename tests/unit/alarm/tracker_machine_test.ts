/** What a tracker shows for its inputs, and when. */

import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import {
  beats,
  birth,
  farewell,
  heartbeat,
  lastWill,
  link,
  live,
  retained,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { playWatch, shown } from "../../support/detection/watch_score.ts";

Deno.test("a tracker shows that it is blind until its broker answers", () => {
  assert.deepEqual(shown({ notes: [], roundTrip: () => undefined, untilMs: 60_000 }), []);
  assert.deepEqual(shown({ notes: [], untilMs: 60_000 }), ["0.002s show all_well"]);
  assert.equal(playWatch({ notes: [], untilMs: -1 }).state.shown.kind, "blind");
});

Deno.test("a node that goes silent is shown as suspect, then as dead, and sounds after the hold", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-1", { fromMs: 40_000, toMs: 50_000, seq: 40 }),
    ],
    untilMs: 50_000,
  });
  assert.deepEqual(lines, [
    "0.002s show all_well",
    "13.3s show suspect",
    "15.002s show dead",
    "19s show dead_buzzing",
    "40s show all_well",
  ]);
});

Deno.test("a suspicion of less than 0.3 s does not change the LED", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [10_100, live("pi-1", lastWill("pi-1-a"))],
      [10_399, live("pi-1", birth("pi-1-b"))],
    ],
    untilMs: 12_000,
  });
  assert.deepEqual(lines, ["0.002s show all_well"]);
});

Deno.test("the last wills of a broker that shuts down do not flash the LED", () => {
  const all = ["pi-1", "pi-2", "pi-3"];
  const lines = shown({
    notes: [
      ...all.flatMap((id) => beats(id, { fromMs: 1000, toMs: 10_000 })),
      ...all.map((id): Note<ClusterInput> => [10_500, live(id, lastWill(`${id}-a`))]),
      [10_502, link(false)],
      [20_000, link(true)],
      ...all.map((id): Note<ClusterInput> => [20_200, live(id, birth(`${id}-a`))]),
    ],
    untilMs: 22_000,
  });
  assert.deepEqual(lines, [
    "0.002s show all_well",
    "10.502s show blind",
    "20.002s show all_well",
  ]);
});

Deno.test("the tracker's own stall does not flash the LED", () => {
  const lines = shown({
    notes: beats("pi-1", { fromMs: 1000, toMs: 30_000 }).map(([atMs, beat]) =>
      // The sockets are read 20 ms after the timers have run.
      atMs > 10_000 && atMs < 14_500 ? [14_520, beat] : [atMs, beat]
    ),
    stalls: [{ fromMs: 10_100, toMs: 14_500, ticksFirst: true }],
    untilMs: 31_000,
  });
  assert.deepEqual(lines, ["0.002s show all_well"]);
});

Deno.test("a stall after which the broker does not answer is shown as blindness", () => {
  const lines = shown({
    notes: beats("pi-1", { fromMs: 1000, toMs: 30_000 }),
    stalls: [{ fromMs: 10_100, toMs: 16_000, ticksFirst: true }],
    roundTrip: (sentMs) => sentMs > 15_000 && sentMs < 30_000 ? undefined : 2,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(0, 3), [
    "0.002s show all_well",
    "17s show blind",
    "30.002s show all_well",
  ]);
});

Deno.test("a buzzer whose hold ended in the tracker's own stall waits until the backlog is read", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      // Dead at 15 s, due to sound at 19 s, and back before that.
      [18_000, live("pi-1", heartbeat("pi-1-a", 17))],
      ...beats("pi-1", { fromMs: 19_000, toMs: 30_000, seq: 18 }),
    ],
    stalls: [{ fromMs: 17_000, toMs: 23_000, ticksFirst: true }],
    untilMs: 30_000,
  });
  assert.deepEqual(lines.slice(2), ["15.002s show dead", "23s show all_well"]);
});

Deno.test("a tracker that stalls again and again still sounds", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-2", { fromMs: 1500, toMs: 60_000 }),
    ],
    stalls: Array.from({ length: 10 }, (_, index) => ({
      fromMs: 16_000 + index * 7200,
      toMs: 20_500 + index * 7200,
      ticksFirst: true,
    })),
    untilMs: 60_000,
  });
  // Due at 19 s, in a stall, and then silent for 2 s.
  assert.equal(lines[3], "22.502s show dead_buzzing", lines.join("\n"));
});

Deno.test("several deaths buzz by the first, and are shown until the last has ended", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-2", { fromMs: 1000, toMs: 13_000 }),
      // The node that was dead for long is back. The other one has been dead for only 2 s.
      [20_000, live("pi-1", heartbeat("pi-1-b", 0, 60_000))],
      [30_000, live("pi-2", farewell("pi-2-a"))],
    ],
    untilMs: 31_000,
  });
  assert.deepEqual(lines, [
    "0.002s show all_well",
    "13.3s show suspect",
    "15.002s show dead",
    "19s show dead_buzzing",
    "20s show dead",
    "22s show dead_buzzing",
    "30s show all_well",
  ]);
});

Deno.test("a death that is over before its hold ends does not sound", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-1", { fromMs: 18_900, toMs: 30_000, seq: 20 }),
    ],
    untilMs: 30_000,
  });
  assert.deepEqual(lines.slice(-2), ["15.002s show dead", "18.9s show all_well"]);
});

Deno.test("a removed node is no longer shown", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [25_000, { kind: "forgotten", node: "pi-1" }],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(-2), ["19s show dead_buzzing", "25s show all_well"]);
});

Deno.test("blindness hides a death, which sounds again only after another hold", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [16_000, link(false)],
      [60_000, link(true)],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "15.002s show dead",
    "16s show blind",
    "60.002s show dead",
    "64.002s show dead_buzzing",
  ]);
});

Deno.test("a node that came back while the tracker was blind does not sound", () => {
  const lines = shown({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [16_000, link(false)],
      [60_000, link(true)],
      ...beats("pi-1", { fromMs: 60_800, toMs: 70_000, seq: 50 }),
    ],
    untilMs: 70_000,
  });
  assert.deepEqual(lines.slice(3), [
    "16s show blind",
    "60.002s show dead",
    "60.8s show all_well",
  ]);
});

Deno.test("without a hold the buzzer sounds with the LED", () => {
  const lines = shown({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    rules: { holdMs: 0 },
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(1), ["13.3s show suspect", "15.002s show dead_buzzing"]);
});

Deno.test("a named node that is never heard is shown as dead, without a suspicion before", () => {
  assert.deepEqual(shown({ notes: [], expected: ["pi-1"], untilMs: 60_000 }), [
    "0.002s show all_well",
    "10.004s show dead",
    "14.002s show dead_buzzing",
  ]);
});

Deno.test("a node that is known only from a retained message lights the LED and does not sound", () => {
  const lines = shown({ notes: [[1, retained("pi-1", birth("pi-1-a"))]], untilMs: 60_000 });
  assert.deepEqual(lines, ["0.002s show all_well", "10.004s show dead"]);
});
