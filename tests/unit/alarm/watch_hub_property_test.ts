/** Whatever hub and broker do: a tracker that learns from the hub loses no alarm and gives no false one. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { TrackerInput } from "../../../core/alarm/tracker_machine.ts";
import type { HubView } from "../../../core/protocol/hub_view.ts";
import {
  beats,
  birth,
  farewell,
  lastWill,
  link,
  retained,
} from "../../support/detection/cluster_score.ts";
import { deadView, hubSpeaks, view } from "../../support/detection/hub_score.ts";
import { deathsOf } from "../../support/detection/score_lines.ts";
import type { Note } from "../../support/detection/score.ts";
import { hubSays, playWatch } from "../../support/detection/watch_score.ts";

/** Anything may happen before this. Afterwards hub and broker do nothing new. */
const CHAOS_MS = 120_000;
/** Patience, a subscription, and a full silence. */
const FOUND_WITHIN_MS = 60_000;
const UNTIL_MS = CHAOS_MS + FOUND_WITHIN_MS;

const atMs = fc.integer({ min: 1000, max: CHAOS_MS });
const run = fc.constantFrom("hub-a", "hub-b");

/** What a hub and its broker may say of themselves. They say nothing false of a node. */
const hubDoes: fc.Arbitrary<Note<TrackerInput>> = fc.oneof(
  fc.tuple(atMs, run, fc.boolean()).map(([ms, session, isOld]): Note<TrackerInput> => [
    ms,
    hubSays(lastWill(session), isOld),
  ]),
  fc.tuple(atMs, run).map(([ms, session]): Note<TrackerInput> => [ms, hubSays(farewell(session))]),
  fc.tuple(atMs, run).map(([ms, session]): Note<TrackerInput> => [ms, hubSays(birth(session))]),
  fc.tuple(atMs, run, fc.nat({ max: 20 })).map(([ms, observer, number]): Note<TrackerInput> => [
    ms,
    { kind: "echo", node: undefined, observer, seq: 1, view: number },
  ]),
  fc.tuple(atMs, fc.nat({ max: 20 }), fc.boolean()).map(([ms, number, isOld]) => {
    const blind: HubView = view(number, { blind: true, retained: isOld, session: "hub-b" });
    return [ms, blind] as const;
  }),
  atMs.map((ms): Note<TrackerInput> => [ms, link(false)]),
  atMs.map((ms): Note<TrackerInput> => [ms, link(true)]),
);

const story = fc.record({
  does: fc.array(hubDoes, { maxLength: 25 }),
  mode: fc.constantFrom("auto", "hub"),
  /** The hub speaks until then, and again to the end if it is not dead by then. */
  hubEndsMs: fc.integer({ min: 1000, max: UNTIL_MS }),
  diesMs: fc.integer({ min: 1000, max: CHAOS_MS }),
});

Deno.test("a death is found, by the hub or without it, and nobody else counts as dead", () => {
  fc.assert(
    fc.property(story, ({ does, mode, hubEndsMs, diesMs }) => {
      // Both beat all the time. What is not subscribed to does not reach a real tracker.
      const nodes = [
        ...beats("pi-1", { fromMs: 0, toMs: diesMs }),
        ...beats("pi-2", { fromMs: 500, toMs: UNTIL_MS }),
      ];
      const foundMs = diesMs + 5000;
      const views = [[500, view(1)] as const, [foundMs, deadView(2, ["pi-1"])] as const]
        .filter(([ms]) => ms <= hubEndsMs);
      // The broker names the nodes to whoever subscribes.
      const kept: Note<TrackerInput>[] = Array.from({ length: 60 }, (_, index) => index * 3000)
        .flatMap((ms): Note<TrackerInput>[] => [
          [ms, retained("pi-1", ms > diesMs ? lastWill("pi-1-a") : birth("pi-1-a"))],
          [ms, retained("pi-2", birth("pi-2-a"))],
        ]);
      const { played, state } = playWatch({
        watch: mode,
        notes: [
          ...nodes,
          ...kept,
          ...hubSpeaks(views, hubEndsMs),
          ...does,
          [CHAOS_MS, link(true)],
        ],
        untilMs: UNTIL_MS,
      });
      assert.ok(deathsOf(played).every((id) => id === "pi-1"), "a false alarm");
      assert.ok(state.facts.dead.has("pi-1"), "a lost alarm");
      assert.ok(["dead", "dead_buzzing"].includes(state.shown.kind), state.shown.kind);
    }),
    { numRuns: 300 },
  );
});
