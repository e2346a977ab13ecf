/** When a tracker shows that the hub is dead, and when it does not. */

import assert from "node:assert/strict";
import type { TrackerInput } from "../../../core/alarm/tracker_machine.ts";
import { beats, birth, farewell, lastWill, link } from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import {
  HUB,
  hubEchoes,
  hubSays,
  shown,
  type WatchScore,
} from "../../support/detection/watch_score.ts";

/** The broker has a birth of the hub, which sends echoes until 21 s. */
const LIVES: readonly Note<TrackerInput>[] = [
  [1, hubSays(birth(HUB), true)],
  ...hubEchoes(1000, 21_000),
];

/** What is shown after the tracker sees for the first time, at 2 ms. */
function shownOf(
  notes: readonly Note<TrackerInput>[],
  untilMs: number,
  more: Partial<WatchScore> = {},
): readonly string[] {
  const lines = shown({ notes, untilMs, ...more });
  assert.equal(lines[0], "0.002s show all_well");
  return lines.slice(1);
}

Deno.test("a hub that is killed is shown as dead 10 s after its last will", () => {
  const lines = shownOf([...LIVES, [22_000, hubSays(lastWill(HUB))]], 600_000);
  assert.deepEqual(lines, ["32s show hub_dead"]);
});

Deno.test("a dead hub that is back is no longer shown, after its birth or its first echo", () => {
  const killed: Note<TrackerInput>[] = [...LIVES, [22_000, hubSays(lastWill(HUB))]];
  const born = shownOf([...killed, [50_000, hubSays(birth("hub-b"))]], 60_000);
  assert.deepEqual(born, ["32s show hub_dead", "50s show all_well"]);
  const echoed = shownOf([...killed, ...hubEchoes(50_000, 60_000, "hub-b")], 60_000);
  assert.deepEqual(echoed, ["32s show hub_dead", "50s show all_well"]);
});

Deno.test("a restarted hub causes no flash, whichever message comes first", () => {
  const next: Note<TrackerInput>[] = [
    [25_000, hubSays(birth("hub-b"))],
    ...hubEchoes(25_002, 600_000, "hub-b"),
  ];
  assert.deepEqual(shownOf([...LIVES, [22_000, hubSays(lastWill(HUB))], ...next], 600_000), []);
  // The broker drops the old connection only after the new one exists.
  assert.deepEqual(shownOf([...LIVES, ...next, [40_000, hubSays(lastWill(HUB))]], 600_000), []);
});

Deno.test("a restarted broker that kept the hub's will causes no flash", () => {
  const restart: Note<TrackerInput>[] = [
    ...LIVES,
    [20_000, link(false)],
    [30_000, link(true)],
    [30_001, hubSays(lastWill(HUB), true)],
  ];
  const back = [[34_000, hubSays(birth(HUB))], ...hubEchoes(34_002, 200_000)] as const;
  assert.deepEqual(shownOf([...restart, ...back], 200_000), [
    "20s show blind",
    "30.002s show all_well",
  ]);
  // A hub that does not come back is shown 10 s after the tracker sees again.
  assert.deepEqual(shownOf(restart, 200_000).slice(2), ["40.002s show hub_dead"]);
});

Deno.test("a hub that said farewell is not shown as dead", () => {
  const leaves: Note<TrackerInput>[] = [...LIVES, [22_000, hubSays(farewell(HUB))]];
  assert.deepEqual(shownOf(leaves, 600_000), []);
  // If its connection ends right after that, the broker publishes the will, too.
  assert.deepEqual(shownOf([...leaves, [22_010, hubSays(lastWill(HUB))]], 600_000), []);
  assert.deepEqual(shownOf([[1, hubSays(farewell(HUB), true)]], 600_000), []);
  const again: Note<TrackerInput> = [60_000, hubSays(birth("hub-b"))];
  assert.deepEqual(shownOf([...leaves, again], 600_000), ["90s show hub_dead"]);
});

Deno.test("a hub that announced a restart or reboot, or gave no reason, is shown as dead when it is not back", () => {
  for (const reason of ["restart", "reboot", "unknown"] as const) {
    const leaves: Note<TrackerInput>[] = [...LIVES, [22_000, hubSays(farewell(HUB, reason))]];
    assert.deepEqual(shownOf(leaves, 600_000), ["202s show hub_dead"], reason);
    // The repetition on a new connection starts no new wait.
    const again: Note<TrackerInput>[] = [
      [100_000, link(false)],
      [100_100, link(true)],
      [100_101, hubSays(farewell(HUB, reason), true)],
    ];
    assert.equal(shownOf([...leaves, ...again], 600_000).at(-1), "202s show hub_dead");
    const back = hubEchoes(60_000, 600_000, "hub-b");
    assert.deepEqual(shownOf([...leaves, ...back], 600_000), []);
  }
  assert.deepEqual(shownOf([[1, hubSays(farewell(HUB, "restart"), true)]], 600_000), [
    "180.001s show hub_dead",
  ]);
});

Deno.test("a frozen hub is shown as dead from 30 s after its last echo until its next one", () => {
  const lines = shownOf([...LIVES, ...hubEchoes(60_000, 100_000)], 100_000);
  assert.deepEqual(lines, ["51s show hub_dead", "60s show all_well"]);
});

Deno.test("a hub that is known only from a retained birth is shown as dead after 30 s", () => {
  assert.deepEqual(shownOf([[1, hubSays(birth(HUB), true)]], 600_000), ["30.002s show hub_dead"]);
  assert.deepEqual(shownOf([[1, hubSays(lastWill(HUB), true)]], 600_000), [
    "10.002s show hub_dead",
  ]);
});

Deno.test("without a hub nothing is shown, whatever other trackers echo", () => {
  const others = hubEchoes(1000, 20_000).map(([atMs]): Note<TrackerInput> => [
    atMs,
    { kind: "echo", node: "bran", observer: "tracker-of-bran", seq: atMs },
  ]);
  assert.deepEqual(shownOf(others, 600_000), []);
});

Deno.test("a hub whose status is deleted is no longer shown as dead", () => {
  const lines = shownOf([
    ...LIVES,
    [22_000, hubSays(lastWill(HUB))],
    [50_000, hubSays(undefined)],
  ], 600_000);
  assert.deepEqual(lines, ["32s show hub_dead", "50s show all_well"]);
});

Deno.test("a tracker that was blind restarts its wait for the hub", () => {
  const outage: Note<TrackerInput>[] = [[25_000, link(false)], [100_000, link(true)]];
  const killed = shownOf([...LIVES, [22_000, hubSays(lastWill(HUB))], ...outage], 600_000);
  assert.deepEqual(killed, [
    "25s show blind",
    "100.002s show all_well",
    "110.002s show hub_dead",
  ]);
  assert.deepEqual(shownOf([...LIVES, ...outage], 600_000), [
    "25s show blind",
    "100.002s show all_well",
    "130.002s show hub_dead",
  ]);
});

Deno.test("a tracker that stalled reads its backlog before it shows the hub as dead", () => {
  const stalls = [{ fromMs: 49_000, toMs: 55_000, ticksFirst: true }];
  const echo = hubEchoes(55_020, 300_000);
  assert.deepEqual(shownOf([...LIVES, ...echo], 300_000, { stalls }), []);
  assert.deepEqual(shownOf(LIVES, 300_000, { stalls }), ["57.002s show hub_dead"]);
});

Deno.test("a dead hub stays shown during a stall of the tracker", () => {
  const stalls = [{ fromMs: 60_000, toMs: 64_000, ticksFirst: true }];
  assert.deepEqual(shownOf(LIVES, 300_000, { stalls }), ["51s show hub_dead"]);
});

Deno.test("trackers alarm for all Pis without the hub, and Pis have priority over the hub", () => {
  const lines = shownOf([
    ...LIVES,
    [22_000, hubSays(lastWill(HUB))],
    ...beats("pi-1", { fromMs: 1000, toMs: 40_000 }),
    ...beats("pi-1", { fromMs: 60_000, toMs: 70_000, seq: 60 }),
  ], 70_000);
  assert.deepEqual(lines, [
    "32s show hub_dead",
    "45.002s show dead",
    "49s show dead_buzzing",
    "60s show hub_dead",
  ]);
});

/** Another hub, whose echoes the tracker hears as well. */
const PARTNER = "hub-of-the-attic";

Deno.test("while one of two hubs is alive none is shown as dead, however the other one ends", () => {
  const ends: readonly (readonly Note<TrackerInput>[])[] = [
    [],
    [[22_000, hubSays(lastWill(HUB))]],
    [[22_000, hubSays(farewell(HUB))]],
    [[22_000, hubSays(farewell(HUB, "reboot"))]],
  ];
  for (const end of ends) {
    const notes = [...LIVES, ...hubEchoes(2000, 600_000, PARTNER), ...end];
    assert.deepEqual(shownOf(notes, 600_000), []);
  }
});

Deno.test("two hubs that die are shown as dead when the second one is", () => {
  const notes: Note<TrackerInput>[] = [
    ...LIVES,
    ...hubEchoes(2000, 102_000, PARTNER),
    [22_000, hubSays(lastWill(HUB))],
    [103_000, hubSays(lastWill(PARTNER))],
  ];
  assert.deepEqual(shownOf(notes, 600_000), ["113s show hub_dead"]);
});

Deno.test("a hub that dies after its partner was stopped on purpose is shown as dead", () => {
  const notes: Note<TrackerInput>[] = [
    ...LIVES,
    ...hubEchoes(2000, 102_000, PARTNER),
    [22_000, hubSays(farewell(HUB))],
    [103_000, hubSays(lastWill(PARTNER))],
  ];
  assert.deepEqual(shownOf(notes, 600_000), ["113s show hub_dead"]);
});

Deno.test("any number of runs of a hub is forgotten, and the present one counts", () => {
  const runs = Array.from({ length: 40 }, (_, run): Note<TrackerInput> => [
    1000 + run * 100,
    hubSays(birth(`run-${run}`)),
  ]);
  const lines = shownOf([...runs, ...hubEchoes(6000, 56_000, "run-39")], 600_000);
  assert.deepEqual(lines, ["86s show hub_dead"]);
});
