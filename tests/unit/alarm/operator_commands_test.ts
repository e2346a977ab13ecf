/** The commands of people to a tracker: silence by the button, silences by others, and tests. */

import assert from "node:assert/strict";
import type { TrackerInput } from "../../../core/alarm/tracker_machine.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import type { AlarmMessage, AlarmSilence } from "../../../core/protocol/wire.ts";
import { encodeAlarm } from "../../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";
import { beats, heartbeat, link, live } from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import {
  edge,
  playWatch,
  press,
  SELF,
  shownAndSaid,
  WALL_MS,
  type WatchScore,
} from "../../support/detection/watch_score.ts";

const DAY_MS = 24 * 3_600_000;

/** Shown as dead at 15 s, sounds from 19 s. */
const DIES = beats("pi-1", { fromMs: 1000, toMs: 10_000 });

const SOUNDED = ["13.3s show suspect", "15.002s show dead", "19s show dead_buzzing"];

/** Shown as dead at 45 s. */
const DIES_LATER = beats("pi-2", { fromMs: 1000, toMs: 40_000 });

/** What is shown and published after all was well. */
function told(
  notes: readonly Note<TrackerInput>[],
  untilMs: number,
  more: Partial<WatchScore> = {},
): readonly string[] {
  return shownAndSaid({ notes, untilMs, ...more }).slice(1);
}

/** What the tracker publishes about silences, and when. */
function said(score: WatchScore): readonly (readonly [atMs: number, silence: AlarmSilence])[] {
  return playWatch(score).played.flatMap(({ atMs, output }) =>
    output.kind === "publish_silence" ? [[atMs, output.silence] as const] : []
  );
}

/** A message on the topic of silences. Instants are those of the score. */
function heard(
  atMs: number,
  silence: { readonly untilMs?: number; readonly sinceMs?: number },
  { retained = false, planned, isCopy = false, topic = planned ? "hubAlarm" : "alarm" }:
    & Partial<Pick<AlarmMessage, "retained" | "planned">>
    & { readonly isCopy?: boolean; readonly topic?: "alarm" | "hubAlarm" } = {},
): Note<TrackerInput> {
  const { untilMs, sinceMs } = silence;
  const wall = (ms: number | undefined) => ms === undefined ? undefined : WALL_MS + ms;
  const said = {
    node: undefined,
    atMs: WALL_MS + atMs,
    silencedUntilMs: wall(untilMs),
    sinceMs: wall(sinceMs),
    planned,
  };
  const payload = encodeAlarm(said, { isCopy });
  const message = decodeMessage(topicsOf("r")[topic], payload, { root: "r", retained });
  assert.ok(message.ok && message.value.kind === "alarm");
  return [atMs, { kind: "silence", message: message.value, wallMs: WALL_MS + atMs }];
}

const NOTHING_PLANNED = {
  planned: { maintenanceUntilMs: undefined, nodes: new Map(), acknowledged: new Set<string>() },
};

Deno.test("a short press silences this buzzer at once and all others by a message", () => {
  assert.deepEqual(told([...DIES, ...press(25_000)], DAY_MS), [
    ...SOUNDED,
    "25.12s says that all are silenced",
    "25.12s show dead",
  ]);
});

Deno.test("a press message contains its begin and its end, a day later", () => {
  const [first, ...others] = said({ notes: [...DIES, ...press(25_000)], untilMs: 100_000 });
  const atMs = WALL_MS + 25_120;
  assert.deepEqual(first, [25_120, {
    node: SELF,
    atMs,
    silencedUntilMs: atMs + DAY_MS,
    sinceMs: atMs,
    planned: undefined,
  }]);
  assert.deepEqual(others, []);
});

Deno.test("after a day the silence of a press ends", () => {
  const lines = told([...DIES, ...press(25_000)], 2 * DAY_MS);
  assert.equal(lines.at(-1), `${(DAY_MS + 25_120) / 1000}s show dead_buzzing`);
});

Deno.test("a node that dies after a press sounds after its own hold, and can be silenced again", () => {
  const lines = told([...DIES, ...DIES_LATER, ...press(25_000), ...press(60_000)], 200_000);
  assert.deepEqual(lines.slice(4), [
    "25.12s show dead",
    "49s show dead_buzzing",
    "60.12s says that all are silenced",
    "60.12s show dead",
  ]);
});

Deno.test("a node that comes back and dies again after a press sounds", () => {
  const again: Note<TrackerInput> = [30_000, live("pi-1", heartbeat("pi-1-b", 0))];
  const lines = told([...DIES, ...press(25_000), again], 200_000);
  assert.deepEqual(lines.slice(5), [
    "30s show all_well",
    "33.3s show suspect",
    "35.002s show dead",
    "39s show dead_buzzing",
  ]);
});

Deno.test("a press while all is well silences no later death", () => {
  assert.deepEqual(told([...DIES, ...press(5000)], 100_000), [
    "5.12s says that all are silenced",
    ...SOUNDED,
  ]);
});

/** Without a broker from 20 s to 60 s. Messages from that time are lost. */
const OUTAGE: readonly Note<TrackerInput>[] = [[20_000, link(false)], [60_000, link(true)]];

const lostInOutage = (atMs: number) => atMs < 60_000 ? undefined : 3;

Deno.test("a press without a broker silences this Pi, and is published when there is one", () => {
  const notes = [...DIES, ...OUTAGE, ...press(25_000)];
  assert.deepEqual(told(notes, 200_000, { sayTrip: lostInOutage }), [
    ...SOUNDED,
    "20s show blind",
    "25.12s says that all are silenced",
    "60s says that all are silenced",
    "60.002s show dead",
  ]);
});

Deno.test("a press that is published late contains its time, so later deaths are not silenced", () => {
  const notes = [...DIES, ...OUTAGE, ...press(25_000)];
  const [, again] = said({ notes, untilMs: 200_000, sayTrip: lostInOutage });
  assert.deepEqual(again, [60_000, {
    node: SELF,
    atMs: WALL_MS + 60_000,
    silencedUntilMs: WALL_MS + 25_120 + DAY_MS,
    sinceMs: WALL_MS + 25_120,
    planned: undefined,
  }]);
});

Deno.test("a press is published at each connection until it comes back", () => {
  const links = [100_000, 200_000, 300_000].flatMap((atMs): Note<TrackerInput>[] => [
    [atMs - 10_000, link(false)],
    [atMs, link(true)],
  ]);
  const notes = [...DIES, ...press(25_000), ...links];
  const instants = (sayTrip: WatchScore["sayTrip"] & object, untilMs = 400_000) =>
    said({ notes, untilMs, sayTrip }).map(([atMs]) => atMs);
  assert.deepEqual(instants(() => 3), [25_120]);
  assert.deepEqual(instants((atMs) => atMs < 150_000 ? undefined : 3), [25_120, 100_000, 200_000]);
  assert.deepEqual(instants(() => undefined), [25_120, 100_000, 200_000, 300_000]);
  const nextDay: Note<TrackerInput>[] = [
    [DAY_MS + 20_000, link(false)],
    [DAY_MS + 26_000, link(true)],
  ];
  const late = said({
    notes: [...DIES, ...press(25_000), ...nextDay],
    untilMs: 2 * DAY_MS,
    sayTrip: () => undefined,
  });
  assert.equal(late.length, 1, "what is over is not said");
});

Deno.test("an older retained message does not undo a press that was not published", () => {
  const kept = heard(60_001, {}, { retained: true, ...NOTHING_PLANNED });
  const notes = [...DIES, ...OUTAGE, ...press(25_000), kept];
  const lines = told(notes, 200_000, { sayTrip: lostInOutage, rules: { holdMs: 0 } });
  assert.deepEqual(lines.slice(-3), [
    "25.12s says that all are silenced",
    "60s says that all are silenced",
    "60.002s show dead",
  ]);
});

Deno.test("a tracker recognises its own retained press", () => {
  // The connection broke before the message came back. Meanwhile the wall clock stepped by a year.
  const [[, silence] = []] = said({ notes: [...DIES, ...press(25_000)], untilMs: 30_000 });
  assert.ok(silence);
  const message: AlarmMessage = { kind: "alarm", source: "press", ...silence, retained: true };
  const kept: Note<TrackerInput> = [60_001, { kind: "silence", message, wallMs: 2 * WALL_MS }];
  const notes = [...DIES, ...OUTAGE, ...press(25_000), kept];
  const lines = told(notes, 200_000, { sayTrip: () => undefined });
  assert.equal(lines.at(-1), "60.002s show dead");
});

Deno.test("the hub that takes a press over keeps the buzzer silent, and may end it", () => {
  const repeat = heard(26_000, { untilMs: 25_120 + DAY_MS, sinceMs: 25_130 }, NOTHING_PLANNED);
  const end = heard(40_000, {}, NOTHING_PLANNED);
  assert.deepEqual(told([...DIES, ...press(25_000), repeat, end], 100_000).slice(3), [
    "25.12s says that all are silenced",
    "25.12s show dead",
    "40s show dead_buzzing",
  ]);
});

Deno.test("a node that dies after a press sounds, although the hub repeats the silence later", () => {
  const repeat = heard(47_000, { untilMs: 25_120 + DAY_MS, sinceMs: 25_130 }, NOTHING_PLANNED);
  const lines = told([...DIES, ...DIES_LATER, ...press(25_000), repeat], 100_000);
  assert.equal(lines.at(-1), "49s show dead_buzzing");
});

Deno.test("the press of another tracker silences within one step", () => {
  const other = heard(25_000, { untilMs: 25_000 + DAY_MS, sinceMs: 25_000 });
  assert.deepEqual(told([...DIES, other], 100_000), [...SOUNDED, "25s show dead"]);
});

Deno.test("plans in a press are ignored: it silences the present deaths, and the next one sounds", () => {
  const planned = {
    maintenanceUntilMs: WALL_MS + DAY_MS,
    nodes: new Map([["pi-2", { untilMs: WALL_MS + DAY_MS, sinceMs: undefined }]]),
    acknowledged: new Set(["pi-2"]),
  };
  const forged = heard(25_000, { untilMs: DAY_MS, sinceMs: DAY_MS }, { planned, topic: "alarm" });
  assert.deepEqual(told([...DIES, ...DIES_LATER, forged], 100_000), [
    ...SOUNDED,
    "25s show dead",
    "49s show dead_buzzing",
  ]);
});

Deno.test("an earlier message of the hub, repeated by a node, silences nothing", () => {
  const planned = { ...NOTHING_PLANNED.planned, maintenanceUntilMs: WALL_MS + DAY_MS };
  const copy = heard(25_000, { untilMs: DAY_MS }, { planned, topic: "alarm", isCopy: true });
  assert.deepEqual(told([...DIES, copy], 100_000), SOUNDED);
});

Deno.test("an older hub, which uses the topic of presses, starts and ends a silence", () => {
  const silence = heard(25_000, { untilMs: DAY_MS }, { ...NOTHING_PLANNED, topic: "alarm" });
  const end = heard(40_000, {}, { ...NOTHING_PLANNED, topic: "alarm" });
  assert.deepEqual(told([...DIES, silence, end], 100_000), [
    ...SOUNDED,
    "25s show dead",
    "40s show dead_buzzing",
  ]);
});

Deno.test("a press does not end a silence of the hub", () => {
  const plan = heard(20_000, { untilMs: DAY_MS }, NOTHING_PLANNED);
  const notes = [...DIES, plan, heard(25_000, { untilMs: 26_000 }), heard(30_000, {})];
  assert.deepEqual(told(notes, 100_000), [...SOUNDED, "20s show dead"]);
});

Deno.test("endless presses count five times, and then once in ten minutes", () => {
  // Each press is for one second, so the buzzer shows which presses counted.
  const presses = Array.from({ length: 1200 }, (_, index) => {
    const atMs = 30_000 + index * 2000;
    return heard(atMs, { untilMs: atMs + 1000 });
  });
  const quiet = told([...DIES, ...presses], 2_430_000).slice(3)
    .flatMap((line) => line.endsWith("show dead") ? [line] : []);
  const minutes = ["630s", "1230s", "1830s"].map((at) => `${at} show dead`);
  assert.deepEqual(quiet.slice(0, 5), [30, 32, 34, 36, 38].map((s) => `${s}s show dead`));
  assert.deepEqual(quiet.slice(5), minutes);
});

Deno.test("this Pi's own button counts, however often others pressed", () => {
  const presses = Array.from({ length: 20 }, (_, index) => {
    const atMs = 20_000 + index * 100;
    return heard(atMs, { untilMs: atMs + 1000 });
  });
  const lines = told([...DIES, ...presses, ...press(30_000)], 100_000);
  assert.equal(lines.at(-1), "30.12s show dead");
});

Deno.test("a repeated press that the hub ended stays ended", () => {
  const [[, silence] = []] = said({ notes: [...DIES, ...press(25_000)], untilMs: 30_000 });
  assert.ok(silence?.sinceMs !== undefined);
  const sinceMs = silence.sinceMs - WALL_MS;
  const end = heard(40_000, {}, NOTHING_PLANNED);
  const over: Note<TrackerInput>[] = Array.from(
    { length: 6 },
    (_, index) => heard(50_000 + index, { untilMs: 50_500, sinceMs }),
  );
  const lines = told([...DIES, ...press(25_000), end, ...over], 100_000);
  assert.deepEqual(lines.slice(5), [
    "40s show dead_buzzing",
    "50s show dead",
    "50.5s show dead_buzzing",
  ]);
});

Deno.test("a button with a wrong wall clock silences others as long as one with a right clock", () => {
  const presses = [[25_000, edge(25_000, true, 0)], [25_100, edge(25_100, false, 100)]] as const;
  const [[, silence] = []] = said({ notes: [...DIES, ...presses], untilMs: 30_000 });
  assert.ok(silence?.silencedUntilMs !== undefined && silence.atMs !== undefined);
  assert.equal(silence.silencedUntilMs - silence.atMs, DAY_MS);
});
