/** Silenced buzzers: for which nodes and for how long. The LED is never affected. */

import assert from "node:assert/strict";
import {
  NO_PRESS,
  NO_SILENCE,
  quietUntilMs,
  receivedSilence,
  type SilenceInput,
} from "../../../core/alarm/silence.ts";
import { newTracker, trackerMachine } from "../../../core/alarm/tracker_machine.ts";
import { type ClusterInput, newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import type { AlarmMessage } from "../../../core/protocol/wire.ts";
import {
  beats,
  brokerAnswer,
  heartbeat,
  link,
  live,
  OBSERVER,
  TIMING,
} from "../../support/detection/cluster_score.ts";
import { type Note, play } from "../../support/detection/score.ts";
import { linesOfKind } from "../../support/detection/score_lines.ts";

const BUZZER_HOLD_MS = 4000;
const DAY_MS = 24 * 3_600_000;
/** The sender's wall clock: an arbitrary instant. */
const WALL_MS = 1_800_000_000_000;

/** Silences all nodes at `atMs` of the score. Instants are those of the score. */
function silence(
  atMs: number,
  { untilMs, sinceMs = atMs, planned, source = "hub", retained = false, wallMs = WALL_MS + atMs }: {
    readonly untilMs: number | undefined;
    readonly sinceMs?: number;
    readonly planned?: AlarmMessage["planned"];
    readonly source?: AlarmMessage["source"];
    readonly retained?: boolean;
    /** The tracker's own wall clock. */
    readonly wallMs?: number;
  },
): Note<SilenceInput> {
  const message: AlarmMessage = {
    kind: "alarm",
    source,
    node: undefined,
    atMs: WALL_MS + atMs,
    silencedUntilMs: untilMs === undefined ? undefined : WALL_MS + untilMs,
    sinceMs: WALL_MS + sinceMs,
    planned,
    retained,
  };
  return [atMs, { kind: "silence", message, wallMs }];
}

/** Fields that only the hub can set; instants of the score. */
function planned(
  nodesUntilMs: Readonly<Record<string, number>>,
  maintenanceUntilMs?: number,
  acknowledged: readonly string[] = [],
): NonNullable<AlarmMessage["planned"]> {
  const nodes = Object.entries(nodesUntilMs).map(([node, untilMs]) =>
    [node, { untilMs: WALL_MS + untilMs, sinceMs: undefined }] as const
  );
  return {
    nodes: new Map(nodes),
    acknowledged: new Set(acknowledged),
    maintenanceUntilMs: maintenanceUntilMs === undefined ? undefined : WALL_MS + maintenanceUntilMs,
  };
}

/** What is shown after all was well. `pi-1` sends until 10 s and is shown as dead at 15 s. */
function shown(
  notes: readonly Note<ClusterInput | SilenceInput>[],
  untilMs: number,
  expected: readonly string[] = [],
): readonly string[] {
  const machine = trackerMachine({ timing: TIMING, observer: OBSERVER }, {
    holdMs: BUZZER_HOLD_MS,
  });
  const state = newTracker(newCluster(expected.map((id) => newNode(id, 0, true))));
  const played = play(machine, state, {
    notes: [[0, link(true)], ...notes],
    untilMs,
    answer: brokerAnswer(),
  });
  return linesOfKind(played, "show").slice(1);
}

const DIES = beats("pi-1", { fromMs: 1000, toMs: 10_000 });
const SHOWN_DEAD = ["13.3s show suspect", "15.002s show dead"];

Deno.test("a silence for all keeps the buzzer silent until its end, and then it sounds again", () => {
  const lines = shown([...DIES, silence(25_000, { untilMs: 60_000 })], 120_000);
  assert.deepEqual(lines, [
    ...SHOWN_DEAD,
    "19s show dead_buzzing",
    "25s show dead",
    "60s show dead_buzzing",
  ]);
});

Deno.test("a silence during the hold lets the LED show and the buzzer wait for its end", () => {
  const lines = shown([...DIES, silence(16_000, { untilMs: 30_000 })], 120_000);
  assert.deepEqual(lines, [...SHOWN_DEAD, "30s show dead_buzzing"]);
});

Deno.test("a node that dies during a silence for all sounds after its own hold", () => {
  const lines = shown([
    ...DIES,
    ...beats("pi-2", { fromMs: 1000, toMs: 40_000 }),
    silence(25_000, { untilMs: 600_000 }),
  ], 700_000);
  assert.deepEqual(lines.slice(2), [
    "19s show dead_buzzing",
    "25s show dead",
    "49s show dead_buzzing",
  ]);
});

Deno.test("a node that comes back and dies again during a silence for all sounds", () => {
  const lines = shown([
    ...DIES,
    silence(25_000, { untilMs: 600_000 }),
    [30_000, live("pi-1", heartbeat("pi-1-b", 0))],
  ], 700_000);
  assert.deepEqual(lines.slice(4), [
    "30s show all_well",
    "33.3s show suspect",
    "35.002s show dead",
    "39s show dead_buzzing",
  ]);
});

Deno.test("a node's own silence also covers its next death, and no other node", () => {
  const none = { untilMs: undefined };
  const quiet = silence(5000, { ...none, planned: planned({ "pi-1": 60_000 }) });
  assert.deepEqual(shown([...DIES, quiet], 120_000), [...SHOWN_DEAD, "60s show dead_buzzing"]);
  const other = silence(5000, { ...none, planned: planned({ "pi-2": 60_000 }) });
  assert.deepEqual(shown([...DIES, other], 120_000), [...SHOWN_DEAD, "19s show dead_buzzing"]);
});

Deno.test("an acknowledged death is silent, and the next death of that node sounds", () => {
  const caredFor = silence(25_000, {
    untilMs: undefined,
    planned: planned({}, undefined, ["pi-1"]),
  });
  // No hub reports that the node is alive again. The tracker sees it itself.
  const back = live("pi-1", heartbeat("pi-1-b", 0));
  assert.deepEqual(shown([...DIES, caredFor, [90_000, back]], 700_000), [
    ...SHOWN_DEAD,
    "19s show dead_buzzing",
    "25s show dead",
    "90s show all_well",
    "93.3s show suspect",
    "95.002s show dead",
    "99s show dead_buzzing",
  ]);
  const others = beats("pi-2", { fromMs: 1000, toMs: 40_000 });
  assert.deepEqual(shown([...DIES, ...others, caredFor], 100_000).slice(3), [
    "25s show dead",
    "49s show dead_buzzing",
  ]);
});

Deno.test("a retained acknowledgement applies for a day, or until the hub changes it", () => {
  const caredFor = (atMs: number, nodes: readonly string[], retained = false) =>
    silence(atMs, {
      untilMs: undefined,
      planned: planned({}, undefined, nodes),
      retained,
      wallMs: WALL_MS + atMs,
    });
  const kept = caredFor(1, ["pi-1"], true);
  assert.deepEqual(shown([kept], 60_000, ["pi-1"]).filter((line) => /buzzing/.test(line)), []);
  assert.deepEqual(shown([...DIES, caredFor(25_000, ["pi-1"])], DAY_MS + 60_000).slice(3), [
    "25s show dead",
    `${DAY_MS / 1000 + 25}s show dead_buzzing`,
  ]);
  const taken = [caredFor(25_000, ["pi-1"]), caredFor(40_000, [])];
  assert.deepEqual(shown([...DIES, ...taken], 60_000).slice(3), [
    "25s show dead",
    "40s show dead_buzzing",
  ]);
});

Deno.test("while the whole cluster is in maintenance no death sounds, and the LED shows each", () => {
  const quiet = silence(5000, { untilMs: undefined, planned: planned({}, 90_000) });
  assert.deepEqual(shown([...DIES, quiet], 120_000), [...SHOWN_DEAD, "90s show dead_buzzing"]);
});

Deno.test("the buzzer sounds at once when a silence is cancelled", () => {
  const lines = shown([
    ...DIES,
    silence(25_000, { untilMs: 600_000 }),
    silence(40_000, { untilMs: undefined }),
  ], 700_000);
  assert.deepEqual(lines.slice(3), ["25s show dead", "40s show dead_buzzing"]);
});

Deno.test("a press cancels nothing that only the hub can set", () => {
  const lines = shown([
    ...DIES,
    silence(5000, { untilMs: undefined, planned: planned({ "pi-1": 60_000 }) }),
    silence(25_000, { untilMs: undefined, source: "press" }),
    silence(70_000, { untilMs: undefined, planned: planned({ "pi-1": 80_000 }) }),
    silence(75_000, { untilMs: undefined, planned: planned({}) }),
  ], 120_000);
  assert.deepEqual(lines.slice(2), [
    "60s show dead_buzzing",
    "70s show dead",
    "75s show dead_buzzing",
  ]);
});

Deno.test("a retained message of the hub ends a press only if it is newer", () => {
  const press = silence(25_000, { untilMs: 600_000, source: "press" });
  const kept = { untilMs: undefined, planned: planned({}), retained: true };
  const plan = silence(40_000, kept);
  assert.deepEqual(shown([...DIES, press, plan], 60_000).slice(3), ["25s show dead"]);
  // The broker retains the press or the hub's copy, whichever came later.
  const copy = silence(40_000, { ...kept, source: "copy" });
  assert.deepEqual(shown([...DIES, press, plan, copy], 60_000).slice(3), [
    "25s show dead",
    "40s show dead_buzzing",
  ]);
});

Deno.test("a node that this tracker never heard is covered by a silence that began before", () => {
  const kept = silence(100, { sinceMs: -500_000, untilMs: 50_000, retained: true });
  assert.deepEqual(shown([kept], 120_000, ["pi-1"]), [
    "10.004s show dead",
    "50s show dead_buzzing",
  ]);
  assert.deepEqual(shown([], 120_000, ["pi-1"]), [
    "10.004s show dead",
    "14.002s show dead_buzzing",
  ]);
});

Deno.test("a live silence has its full duration, whatever the tracker's wall clock shows", () => {
  for (const wallMs of [0, WALL_MS, 2 * WALL_MS]) {
    const lines = shown([...DIES, silence(25_000, { untilMs: 60_000, wallMs })], 120_000);
    assert.deepEqual(lines.slice(3), ["25s show dead", "60s show dead_buzzing"], `${wallMs}`);
  }
});

Deno.test("a retained silence is read by the tracker's wall clock, and lasts at most a day", () => {
  const nowMs = 1000;
  const note = (wallMs: number) =>
    silence(nowMs, { sinceMs: 0, untilMs: 61_000, retained: true, wallMs });
  const heard = (wallMs: number) => receivedSilence(NO_SILENCE, note(wallMs)[1], nowMs);
  const right = heard(WALL_MS + nowMs);
  assert.deepEqual([right.sinceMs, right.untilMs], [0, 61_000]);
  const behind = heard(0);
  assert.deepEqual([behind.sinceMs, behind.untilMs], [nowMs, nowMs + DAY_MS]);
  const ahead = heard(2 * WALL_MS);
  assert.ok(ahead.untilMs < nowMs);
});

Deno.test("no live message silences for more than a day either", () => {
  const far = 30 * DAY_MS;
  const [, note] = silence(0, { untilMs: far, planned: planned({ "pi-1": far }, far) });
  const { untilMs, maintenanceUntilMs, nodesUntilMs } = receivedSilence(NO_SILENCE, note, 0);
  assert.deepEqual([untilMs, maintenanceUntilMs, nodesUntilMs.get("pi-1")], [
    DAY_MS,
    DAY_MS,
    DAY_MS,
  ]);
});

Deno.test("a message of a bare time silences from its arrival on", () => {
  const message: AlarmMessage = {
    kind: "alarm",
    source: "press",
    node: undefined,
    atMs: undefined,
    silencedUntilMs: WALL_MS + 60_000,
    sinceMs: undefined,
    planned: undefined,
    retained: false,
  };
  const heard = receivedSilence(NO_SILENCE, { kind: "silence", message, wallMs: WALL_MS }, 5000);
  assert.deepEqual(heard.press, { sinceMs: 5000, untilMs: 65_000 });
});

Deno.test("of several silences the last to end counts", () => {
  const heard = {
    untilMs: 10,
    sinceMs: 5,
    press: NO_PRESS,
    maintenanceUntilMs: 20,
    acknowledgedUntilMs: new Map(),
    nodesUntilMs: new Map([["pi-1", 30]]),
  };
  assert.equal(quietUntilMs(heard, "pi-1", 5), 30);
  assert.equal(quietUntilMs(heard, "pi-2", 5), 20);
  assert.equal(quietUntilMs({ ...heard, maintenanceUntilMs: 0 }, "pi-2", 5), 10);
  assert.equal(quietUntilMs({ ...heard, maintenanceUntilMs: 0 }, "pi-2", 6), 0);
  assert.equal(quietUntilMs(NO_SILENCE, "pi-1", -Infinity), -Infinity);
});
