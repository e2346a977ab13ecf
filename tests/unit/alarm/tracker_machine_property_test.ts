/** Properties of LED and buzzer that hold for any input: no alarm is lost, and none is false. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { TrackerInput, TrackerOutput } from "../../../core/alarm/tracker_machine.ts";
import type { AlarmMessage } from "../../../core/protocol/wire.ts";
import {
  beats,
  birth,
  farewell,
  heartbeat,
  lastWill,
  link,
  live,
} from "../../support/detection/cluster_score.ts";
import type { Note, Played } from "../../support/detection/score.ts";
import {
  BUZZER_HOLD_MS,
  edge,
  hubSays,
  playWatch,
  SELF,
  WALL_MS,
  type WatchScore,
} from "../../support/detection/watch_score.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Anything may happen before this. Afterwards `pi-1` is dead and nothing else is. */
const CHAOS_MS = 300_000;
/** Longer than a silence and a night. */
const AFTER_MS = DAY_MS + 9 * HOUR_MS;

const node = fc.constantFrom("pi-1", "pi-2", "pi-3");
const run = fc.constantFrom("a", "b", "c");
const spanMs = fc.integer({ min: -HOUR_MS, max: 30 * DAY_MS });

const silence = fc.record({
  sinceMs: fc.option(spanMs, { nil: undefined }),
  forMs: fc.option(spanMs, { nil: undefined }),
  maintenanceForMs: fc.option(spanMs, { nil: undefined }),
  nodeForMs: fc.option(spanMs, { nil: undefined }),
  acknowledged: fc.subarray(["pi-1", "pi-2"]),
  source: fc.constantFrom("hub", "press", "copy"),
  retained: fc.boolean(),
  /** The error of the tracker's wall clock. */
  wrongMs: fc.constantFrom(0, -WALL_MS, DAY_MS),
}).map((said) => (atMs: number): TrackerInput => {
  const wall = (ms: number | undefined) => ms === undefined ? undefined : WALL_MS + atMs + ms;
  const { nodeForMs } = said;
  const nodes = nodeForMs === undefined
    ? []
    : [["pi-1", { untilMs: WALL_MS + atMs + nodeForMs, sinceMs: undefined }] as const];
  const message: AlarmMessage = {
    kind: "alarm",
    source: said.source,
    node: undefined,
    atMs: WALL_MS + atMs,
    silencedUntilMs: wall(said.forMs),
    sinceMs: wall(said.sinceMs),
    planned: {
      maintenanceUntilMs: wall(said.maintenanceForMs),
      nodes: new Map(nodes),
      acknowledged: new Set(said.acknowledged),
    },
    retained: said.retained,
  };
  return { kind: "silence", message, wallMs: WALL_MS + atMs + said.wrongMs };
});

/** The possible inputs of a tracker at an instant. */
const happening: fc.Arbitrary<(atMs: number) => TrackerInput> = fc.oneof(
  fc.tuple(node, run, fc.nat({ max: 400 })).map(([id, session, seq]) => () =>
    live(id, heartbeat(`${id}-${session}`, seq))
  ),
  fc.tuple(node, run).map(([id, session]) => () => live(id, birth(`${id}-${session}`))),
  fc.tuple(node, run).map(([id, session]) => () => live(id, lastWill(`${id}-${session}`))),
  fc.tuple(node, run).map(([id, session]) => () => live(id, farewell(`${id}-${session}`))),
  node.map((id) => (): TrackerInput => ({ kind: "forgotten", node: id })),
  fc.boolean().map((up) => () => link(up)),
  fc.boolean().map((pressed) => (atMs: number) => edge(atMs, pressed)),
  fc.constant((): TrackerInput => ({ kind: "button_lost" })),
  fc.boolean().map((retained) => (): TrackerInput => ({
    kind: "alarm_test",
    node: SELF,
    retained,
  })),
  fc.tuple(run, fc.boolean()).map(([session, retained]) => () =>
    hubSays(lastWill(session), retained)
  ),
  fc.tuple(run, fc.boolean()).map(([session, retained]) => () => hubSays(birth(session), retained)),
  run.map((observer) => (): TrackerInput => ({ kind: "echo", node: undefined, observer, seq: 1 })),
  silence,
);

const score: fc.Arbitrary<WatchScore> = fc.record({
  happenings: fc.array(fc.tuple(fc.nat({ max: CHAOS_MS }), happening), { maxLength: 60 }),
  dies: fc.integer({ min: CHAOS_MS + 1000, max: CHAOS_MS + 60_000 }),
  fromMinute: fc.nat({ max: 1439 }),
  lengthMinutes: fc.nat({ max: 8 * 60 }),
  startMinute: fc.nat({ max: 1439 }),
  stall: fc.option(fc.nat({ max: CHAOS_MS }), { nil: undefined }),
}).map(({ happenings, dies, fromMinute, lengthMinutes, startMinute, stall }) => {
  const toMinute = (fromMinute + lengthMinutes) % 1440;
  const timeOfDayMs = (nowMs: number) => (startMinute * 60_000 + nowMs) % DAY_MS;
  const notes = happenings.map(([atMs, what]): Note<TrackerInput> => [atMs, what(atMs)]);
  return {
    notes: [
      ...notes,
      [CHAOS_MS, link(true)],
      [CHAOS_MS + 1, { kind: "forgotten", node: "pi-2" }],
      [CHAOS_MS + 1, { kind: "forgotten", node: "pi-3" }],
      // A new session, which no earlier message can have retired.
      ...beats("pi-1", { session: "last", fromMs: CHAOS_MS + 500, toMs: dies }),
    ],
    rules: { holdMs: BUZZER_HOLD_MS, quiet: { hours: { fromMinute, toMinute }, timeOfDayMs } },
    stalls: stall === undefined ? [] : [{ fromMs: stall, toMs: stall + 7000, ticksFirst: true }],
    untilMs: CHAOS_MS + AFTER_MS,
  };
});

Deno.test("a node that stays dead longer than every hold, silence and quiet time sounds in the end", () => {
  fc.assert(
    fc.property(score, (given) => {
      const { played } = playWatch(given);
      const sounded = played.some(({ atMs, output }) =>
        atMs > CHAOS_MS && output.kind === "show" && output.indication.kind === "dead_buzzing"
      );
      assert.ok(sounded, "pi-1 is dead, and no buzzer says so");
    }),
    { numRuns: 12 },
  );
});

Deno.test("no buzzer sounds and no lamp is on while no node is dead, except in a test", () => {
  fc.assert(
    fc.property(score, (given) => {
      const { played } = playWatch({ ...given, untilMs: CHAOS_MS + 120_000 });
      for (const { dead, shown } of instantsOf(played)) {
        if (dead.size > 0 || shown?.kind !== "show" || shown.indication.kind === "test") continue;
        const { kind, buzzer, lamp } = shown.indication;
        assert.deepEqual([buzzer.loop, lamp.loop], [[], []], kind);
      }
    }),
    { numRuns: 200 },
  );
});

/** The dead nodes and the indication, after all inputs of each instant. */
function* instantsOf(played: readonly Played<TrackerOutput>[]): Generator<
  { readonly dead: ReadonlySet<string>; readonly shown: TrackerOutput | undefined }
> {
  const dead = new Set<string>();
  let shown: TrackerOutput | undefined;
  for (const [index, { atMs, output }] of played.entries()) {
    if (output.kind === "show") shown = output;
    if (output.kind === "transition" || output.kind === "removed") {
      dead.delete(output.node);
      if (output.kind === "transition" && output.to === "dead") dead.add(output.node);
    }
    if (played[index + 1]?.atMs !== atMs) yield { dead, shown };
  }
}
