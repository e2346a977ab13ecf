/** When a node was up: from its changes, and from the times in which the hub saw. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { Liveness } from "../../../core/detection/liveness.ts";
import {
  availabilityOf,
  type AvailabilitySegment,
  type LivenessChange,
  percentUp,
  type VisibilitySpan,
} from "../../../core/history/availability.ts";
import { barOf } from "../../../core/history/availability_bar.ts";

const SPAN = { fromMs: 1000, toMs: 2000 };
/** A hub that has always run and seen. */
const ALWAYS: VisibilitySpan = { runMs: 0, fromMs: 0, toMs: 5000 };

/** `1000 up 1500 down 2000`. */
function lineOf(segments: readonly AvailabilitySegment[]): string {
  const [first] = segments;
  return [first?.fromMs, ...segments.flatMap(({ state, toMs }) => [state, toMs])].join(" ");
}

function changes(...all: readonly (readonly [number, Liveness])[]): readonly LivenessChange[] {
  return all.map(([atMs, to]) => ({ atMs, to }));
}

Deno.test("availability begins with the state before the requested time", () => {
  const known = changes([500, "alive"], [1200, "suspect"], [1300, "dead"], [1400, "alive"]);
  const segments = availabilityOf(known, [ALWAYS], SPAN);
  assert.equal(lineOf(segments), "1000 up 1200 late 1300 down 1400 up 2000");
  assert.equal(percentUp(segments), 90);
});

Deno.test("a node was down from its last sign of life, except where it was stopped or unknown", () => {
  const died = (before: Liveness, silentMs: number) => [
    ...changes([500, before], [1200, "suspect"]),
    { atMs: 1300, to: "dead", silentMs } as const,
    ...changes([1400, "alive"]),
  ];
  const line = (before: Liveness, silentMs: number) =>
    lineOf(availabilityOf(died(before, silentMs), [ALWAYS], SPAN));
  assert.equal(line("alive", 150), "1000 up 1150 down 1400 up 2000");
  assert.equal(line("alive", 50), "1000 up 1200 late 1250 down 1400 up 2000");
  assert.equal(line("alive", 5000), "1000 down 1400 up 2000");
  assert.equal(line("left", 250), "1000 stopped 1200 down 1400 up 2000");
  assert.equal(line("unknown", 250), "1000 unknown 1200 down 1400 up 2000");
  assert.equal(percentUp(availabilityOf(died("alive", 150), [ALWAYS], SPAN)), 75);
});

Deno.test("availability of a node is unknown before it was first heard", () => {
  const segments = availabilityOf(changes([1600, "alive"]), [ALWAYS], SPAN);
  assert.equal(lineOf(segments), "1000 unknown 1600 up 2000");
  assert.equal(percentUp(segments), 100);
  assert.equal(lineOf(availabilityOf([], [ALWAYS], SPAN)), "1000 unknown 2000");
});

Deno.test("availability is unknown while the hub was blind, and continues when it sees", () => {
  const sights = [{ ...ALWAYS, toMs: 1200 }, { ...ALWAYS, fromMs: 1500 }];
  const segments = availabilityOf(changes([500, "alive"], [1700, "dead"]), sights, SPAN);
  assert.equal(lineOf(segments), "1000 up 1200 unknown 1500 up 1700 down 2000");
  assert.equal(percentUp(segments), 57.14);
});

Deno.test("a change during blindness counts from when the hub sees again", () => {
  const sights = [{ ...ALWAYS, fromMs: 1500 }];
  const segments = availabilityOf(changes([1400, "alive"]), sights, SPAN);
  assert.equal(lineOf(segments), "1000 unknown 1500 up 2000");
});

Deno.test("availability does not use assumptions of an earlier run of the hub", () => {
  const sights = [{ ...ALWAYS, toMs: 1200 }, { runMs: 1290, fromMs: 1300, toMs: 5000 }];
  const known = changes([500, "dead"], [1500, "alive"]);
  assert.equal(
    lineOf(availabilityOf(known, sights, SPAN)),
    "1000 down 1200 unknown 1500 up 2000",
  );
  // Heard before the broker answered the first echo of the run.
  assert.equal(
    lineOf(availabilityOf(changes([500, "dead"], [1295, "alive"]), sights, SPAN)),
    "1000 down 1200 unknown 1300 up 2000",
  );
});

Deno.test("availability remembers across restarts which nodes stopped on purpose, and does not count that time", () => {
  const sights = [{ ...ALWAYS, toMs: 1200 }, { runMs: 1290, fromMs: 1300, toMs: 5000 }];
  const segments = availabilityOf(changes([500, "alive"], [1100, "left"]), sights, SPAN);
  assert.equal(lineOf(segments), "1000 up 1100 stopped 1200 unknown 1300 stopped 2000");
  assert.equal(percentUp(segments), 100);
});

Deno.test("availability is unknown, without a percentage, for a time in which no hub ran", () => {
  const segments = availabilityOf(changes([500, "alive"]), [], SPAN);
  assert.equal(lineOf(segments), "1000 unknown 2000");
  assert.equal(percentUp(segments), null);
});

Deno.test("availability of 100 percent has no exception", () => {
  const long = { fromMs: 0, toMs: 1e9, state: "up" } as const;
  assert.equal(percentUp([long]), 100);
  assert.equal(percentUp([long, { fromMs: 1e9, toMs: 1e9 + 1, state: "down" }]), 99.99);
  assert.equal(percentUp([{ fromMs: 0, toMs: 1, state: "down" }]), 0);
});

const LIVENESS = fc.constantFrom<Liveness>("unknown", "alive", "suspect", "dead", "left");
const CHANGES = fc.array(fc.record({ atMs: fc.nat(3000), to: LIVENESS }), { maxLength: 60 })
  .map((all) => all.toSorted((a, b) => a.atMs - b.atMs));
const SIGHTS = fc.array(
  fc.record({ fromMs: fc.nat(3000), lengthMs: fc.nat(800), isNewRun: fc.boolean() }),
  { maxLength: 12 },
).map((all) => {
  let [runMs, endMs] = [0, 0];
  return all.toSorted((a, b) => a.fromMs - b.fromMs).map(({ fromMs, lengthMs, isNewRun }) => {
    const beginMs = Math.max(fromMs, endMs);
    if (isNewRun) runMs = beginMs;
    endMs = beginMs + lengthMs;
    return { runMs, fromMs: beginMs, toMs: endMs };
  });
});

/** What was known about one instant, by a simple search. */
function stateAt(
  atMs: number,
  known: readonly LivenessChange[],
  sights: readonly VisibilitySpan[],
): string {
  const sight = sights.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  if (sight === undefined) return "unknown";
  const last = known.findLast((one) => one.atMs <= atMs);
  if (last === undefined) return "unknown";
  const isOfRun = sights.every(({ runMs }) => runMs > atMs || runMs <= last.atMs);
  if (!isOfRun && last.to !== "left") return "unknown";
  const words = { unknown: "unknown", alive: "up", suspect: "late", dead: "down", left: "stopped" };
  return words[last.to];
}

Deno.test("availability shows for each instant what was known, without gaps", () => {
  fc.assert(
    fc.property(CHANGES, SIGHTS, (known, sights) => {
      const segments = availabilityOf(known, sights, SPAN);
      assert.equal(segments[0]?.fromMs, SPAN.fromMs);
      assert.equal(segments.at(-1)?.toMs, SPAN.toMs);
      for (const [index, segment] of segments.entries()) {
        const next = segments[index + 1];
        assert.ok(segment.fromMs < segment.toMs);
        if (next !== undefined) assert.equal(next.fromMs, segment.toMs);
        assert.notEqual(next?.state, segment.state);
        for (const atMs of [segment.fromMs, segment.toMs - 1]) {
          assert.equal(segment.state, stateAt(atMs, known, sights), `at ${atMs}`);
        }
      }
    }),
  );
});

Deno.test("a bar covers the same time with few segments, and shows every outage", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          state: fc.constantFrom("up", "late", "down", "stopped", "unknown"),
          lengthMs: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10_000 })),
        }),
        { minLength: 1, maxLength: 300 },
      ),
      fc.integer({ min: 3, max: 40 }),
      (all, max) => {
        const segments: AvailabilitySegment[] = [];
        let fromMs = 0;
        for (const { state, lengthMs } of all) {
          if (segments.at(-1)?.state === state) continue;
          segments.push({ fromMs, toMs: fromMs + lengthMs, state });
          fromMs += lengthMs;
        }
        const bar = barOf(segments, max);
        assert.ok(bar.length <= max, `${bar.length} of ${max}`);
        assert.deepEqual([bar[0]?.fromMs, bar.at(-1)?.toMs], [0, fromMs]);
        for (const [index, { toMs, state }] of bar.entries()) {
          const next = bar[index + 1];
          if (next !== undefined) {
            assert.deepEqual([next.fromMs, next.state === state], [toMs, false]);
          }
        }
        for (const down of segments.filter(({ state }) => state === "down")) {
          const holds = (one: AvailabilitySegment) =>
            one.state === "down" && one.fromMs <= down.fromMs && down.toMs <= one.toMs;
          assert.ok(bar.some(holds), `nothing shows that it was down at ${down.fromMs}`);
        }
        if (segments.length <= max) assert.deepEqual(bar, segments);
      },
    ),
  );
});

Deno.test("a bar keeps the exact times of each outage if it has room for all", () => {
  const segments: AvailabilitySegment[] = [];
  for (let fromMs = 0; fromMs < 100_000; fromMs += 100) {
    const state = fromMs % 10_000 === 5000 ? "down" : fromMs % 200 === 0 ? "up" : "late";
    segments.push({ fromMs, toMs: fromMs + 100, state });
  }
  const bar = barOf(segments, 30);
  const outages = (some: readonly AvailabilitySegment[]) =>
    some.filter(({ state }) => state === "down");
  assert.equal(outages(segments).length, 10);
  assert.deepEqual(outages(bar), outages(segments));
  assert.ok(bar.length <= 30);
});
