/**
 * An observer that does not run for a while: which deaths it finds afterwards, and which it must
 * not invent.
 */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import {
  allBeat,
  beats,
  birth,
  heartbeat,
  lastWill,
  link,
  live,
  playCluster,
  retained,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { deathsOf, linesOfKind } from "../../support/detection/score_lines.ts";

const ALIVE: ReadonlySet<string> = new Set(["alive"]);

Deno.test("an observer that stalls declares no node dead, whatever it does first afterwards", () => {
  for (const ticksFirst of [false, true]) {
    for (const seconds of [0.9, 1, 3, 6, 9, 12, 30, 100]) {
      const toMs = 10_020 + seconds * 1000;
      const { played, state } = playCluster({
        notes: allBeat(1000, 120_000),
        stalls: [{ fromMs: 10_020, toMs, ticksFirst }],
        untilMs: 120_000,
      });
      assert.deepEqual(deathsOf(played), [], `${seconds} s, ticks first: ${ticksFirst}`);
      assert.equal(state.blind, false);
      assert.deepEqual(new Set([...state.nodes.values()].map((node) => node.liveness)), ALIVE);
    }
  }
});

Deno.test("an observer that stalled reports when it was blind", () => {
  for (const ticksFirst of [false, true]) {
    const { lines, played } = playCluster({
      notes: beats("pi-1", { fromMs: 1000, toMs: 60_000 }),
      stalls: [{ fromMs: 10_200, toMs: 19_000, ticksFirst }],
      untilMs: 60_000,
    });
    assert.deepEqual(lines.slice(2), ["10.002s blind (stalled)", "19.002s visible"]);
    const sights = played.flatMap(({ output }) => output.kind === "visibility" ? [output] : []);
    assert.deepEqual(sights.map(({ sinceMs }) => sinceMs), [undefined, undefined, 10_002]);
  }
});

Deno.test("a tick that is a second late is not a stall, and each transition has the date of its own deadline", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-2", { fromMs: 1500, toMs: 10_500 }),
    ],
    lateMs: (deadlineMs) => deadlineMs === 13_000 ? 1000 : 0,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(3), [
    "13s pi-1 alive->suspect (silence)",
    "13.5s pi-2 alive->suspect (silence)",
    "15s pi-1 suspect->dead (silence)",
    "15.5s pi-2 suspect->dead (silence)",
  ]);
});

/** One of twenty nodes dies. The others live on, or (in a quiet cluster) there are none. */
function foundAfterMs(
  death: { readonly atMs: number; readonly isQuiet: boolean },
  stall: { readonly fromMs: number; readonly toMs: number; readonly ticksFirst: boolean },
): { readonly foundMs: number; readonly others: readonly string[] } {
  const others = death.isQuiet ? [] : allBeat(1000, 60_000);
  const { played } = playCluster({
    notes: [...others, ...beats("victim", { fromMs: 1013, toMs: death.atMs })],
    stalls: [stall],
    untilMs: 60_000,
  });
  const found = played.find(({ output }) =>
    output.kind === "transition" && output.node === "victim" && output.to === "dead"
  );
  return {
    foundMs: found?.atMs ?? Infinity,
    others: deathsOf(played).filter((id) => id !== "victim"),
  };
}

Deno.test("a death at any instant of a stall is found 5.5 s after it, or as soon as the observer can", () => {
  const fromMs = 20_000;
  for (let seconds = 1; seconds <= 14; seconds++) {
    const toMs = fromMs + seconds * 1000;
    // After more than 5 s nodes may have left a broker that stalled, too, and get time to
    // reconnect.
    const awakeMs = toMs + 1500 + (seconds > 4 ? 2000 : 0) + 10;
    for (let atMs = fromMs - 1000; atMs <= toMs; atMs += 250) {
      for (const ticksFirst of [false, true]) {
        for (const isQuiet of [false, true]) {
          const { foundMs, others } = foundAfterMs({ atMs, isQuiet }, { fromMs, toMs, ticksFirst });
          const latestMs = Math.max(atMs + 5500, awakeMs);
          const what = `stall of ${seconds} s, death at ${atMs} ms, quiet: ${isQuiet}`;
          assert.ok(foundMs <= latestMs, `${what}: found at ${foundMs} ms, not by ${latestMs} ms`);
          assert.ok(foundMs >= atMs + 3500, `${what}: found at ${foundMs} ms`);
          assert.deepEqual(others, []);
        }
      }
    }
  }
});

Deno.test("after a short stall a slow node has its interval and half a second, not a full margin", () => {
  const { lines } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 21_000, everyMs: 10_000 }),
    // Due to be suspect at 33 s and dead at 35 s.
    stalls: [{ fromMs: 30_300, toMs: 35_100, ticksFirst: true }],
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "30.002s blind (stalled)",
    "35.102s visible",
    // 10.5 s, and 2 s to reconnect, because the observer may have been away for more than 5 s.
    "42.702s pi-1 alive->suspect (silence)",
    "42.702s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("nodes whose broker stalled with the observer have time to reconnect", () => {
  // All nodes disconnect, the broker publishes their wills when it runs again, and they return
  // after 2 s.
  const returns = [1, 2, 3].flatMap((number): Note<ClusterInput>[] => [
    ...beats(`pi-${number}`, { fromMs: 1000, toMs: 15_000 }),
    [28_000, live(`pi-${number}`, lastWill(`pi-${number}-a`))],
    [30_050, live(`pi-${number}`, birth(`pi-${number}-a`))],
    ...beats(`pi-${number}`, { fromMs: 31_000, toMs: 60_000, seq: 30 }),
  ]);
  for (const ticksFirst of [false, true]) {
    const { played } = playCluster({
      notes: returns,
      stalls: [{ fromMs: 10_000, toMs: 28_000, ticksFirst }],
      untilMs: 60_000,
    });
    assert.deepEqual(deathsOf(played), []);
  }
});

Deno.test("a backlog in a broker that stalled with the observer may arrive after the echo", () => {
  const { played } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-1", { fromMs: 15_100, toMs: 40_000, seq: 15 }),
    ],
    stalls: [{ fromMs: 10_200, toMs: 15_000 }],
    untilMs: 40_000,
  });
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a backlog that is read with a pause is one backlog", () => {
  const { state } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-2", { fromMs: 1500, toMs: 16_500 }),
      // Sent at 11 s.
      [15_800, live("pi-1", heartbeat("pi-1-a", 10))],
    ],
    stalls: [{ fromMs: 10_200, toMs: 15_500, ticksFirst: true }],
    untilMs: 16_000,
  });
  assert.equal(state.nodes.get("pi-1")?.lastHeardMs, 11_000);
});

Deno.test("a stall that ends with a lost connection gives every node the longer wait", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [15_000, link(false)],
      [16_000, link(true)],
    ],
    stalls: [{ fromMs: 10_200, toMs: 15_500, ticksFirst: true }],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.002s blind (stalled)",
    "10.002s blind (no_connection)",
    "16.002s visible",
    "21.002s pi-1 alive->suspect (silence)",
    "23.002s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a broker that does not answer after a stall is reported", () => {
  const { lines } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    stalls: [{ fromMs: 10_200, toMs: 15_500, ticksFirst: true }],
    roundTrip: (sentMs) => sentMs > 15_000 && sentMs < 30_000 ? undefined : 2,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.002s blind (stalled)",
    "10.002s blind (no_echo)",
    "31.502s visible",
    "36.502s pi-1 alive->suspect (silence)",
    "38.502s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("an echo from before the stall proves nothing and is not overdue", () => {
  const { lines } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 60_000 }),
    // The echo of 10 s is answered at 10.5 s, and read at 16 s.
    roundTrip: (sentMs) => sentMs === 10_000 ? 500 : 2,
    stalls: [{ fromMs: 10_100, toMs: 16_000, ticksFirst: true }],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), ["10s blind (stalled)", "16.002s visible"]);
});

Deno.test("a node that first appears during a stall has its first grace", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-2", { fromMs: 1000, toMs: 60_000 }),
      [12_000, retained("pi-1", birth("pi-1-a"))],
    ],
    stalls: [{ fromMs: 10_200, toMs: 15_500, ticksFirst: true }],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(-1), ["25.502s pi-1 unknown->dead (not_heard)"]);
});

Deno.test("a node that was never heard keeps its first grace during a stall", () => {
  const { played } = playCluster({
    expected: ["pi-1"],
    notes: beats("pi-2", { fromMs: 1000, toMs: 60_000 }),
    stalls: [{ fromMs: 4200, toMs: 8500, ticksFirst: true }],
    untilMs: 60_000,
  });
  assert.deepEqual(linesOfKind(played, "transition").slice(-1), [
    "10.002s pi-1 unknown->dead (not_heard)",
  ]);
});

Deno.test("however often and long the observer stalls, no living node is declared dead", () => {
  const stall = fc.record({
    gapMs: fc.integer({ min: 1, max: 8000 }),
    lengthMs: fc.integer({ min: 10, max: 30_000 }),
    ticksFirst: fc.boolean(),
  });
  const node = fc.record({
    everyMs: fc.constantFrom(250, 1000, 5000, 30_000),
    phaseMs: fc.integer({ min: 0, max: 1000 }),
    jitterMs: fc.constantFrom(0, 20, 400),
  });
  fc.assert(
    fc.property(
      fc.array(stall, { maxLength: 6 }),
      fc.array(node, { minLength: 1, maxLength: 3 }),
      (list, nodes) => {
        let nowMs = 1500;
        const stalls = list.map(({ gapMs, lengthMs, ticksFirst }) => {
          const fromMs = nowMs + gapMs;
          nowMs = fromMs + lengthMs;
          return { fromMs, toMs: nowMs, ticksFirst };
        });
        const untilMs = nowMs + 70_000;
        const notes = nodes.flatMap(({ everyMs, phaseMs, jitterMs }, index) => {
          const count = Math.floor((untilMs - phaseMs) / everyMs) + 1;
          return Array.from({ length: count }, (_, seq): Note<ClusterInput> => [
            phaseMs + seq * everyMs + (seq * 7919) % (jitterMs + 1),
            live(`pi-${index}`, heartbeat("a", seq, everyMs)),
          ]);
        });
        const { played, state } = playCluster({ notes, stalls, untilMs });
        assert.deepEqual(deathsOf(played), []);
        assert.equal(state.blind, false);
      },
    ),
    { numRuns: 200 },
  );
});
