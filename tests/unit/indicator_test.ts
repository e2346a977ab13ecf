/** What LED and buzzer show for what is known, and where each pattern is at an instant. */
import assert from "node:assert/strict";
import type { IndicationKind, Pattern } from "../../core/indication.ts";
import {
  describeIndication,
  indicate,
  type IndicatorFacts,
  TEST_INDICATION,
} from "../../core/indicator.ts";
import { patternAt, samePattern } from "../../core/pattern.ts";

const ALL_WELL: IndicatorFacts = { blind: false, suspect: 0, dead: 0, buzzing: false };
const MINUTE_MS = 60_000;
/** A day: long enough for rounding errors to show. */
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The pattern's changes of level within a stretch, as `1@0 0@100`; timers are never early here. */
function play(pattern: Pattern, untilMs: number, fromMs = 0): string {
  const score: string[] = [];
  let level = false;
  let atMs: number | undefined = fromMs;
  while (atMs !== undefined && atMs < untilMs) {
    const { on, nextMs } = patternAt(pattern, atMs);
    if (on !== level) score.push(`${Number(on)}@${atMs}`);
    level = on;
    assert(nextMs === undefined || nextMs > atMs, "time moves on");
    atMs = nextMs;
  }
  return score.join(" ");
}

Deno.test("indicator shows what matters most", () => {
  const rows: readonly [Partial<IndicatorFacts>, IndicationKind][] = [
    [{}, "all_well"],
    [{ suspect: 1 }, "suspect"],
    [{ dead: 1 }, "dead"],
    [{ dead: 1, suspect: 3 }, "dead"],
    [{ dead: 1, buzzing: true }, "dead_buzzing"],
    [{ blind: true }, "blind"],
    [{ blind: true, suspect: 1 }, "blind"],
    [{ blind: true, dead: 2, buzzing: true }, "blind"],
    // Buzzing without a death is a left-over of one that ended.
    [{ buzzing: true }, "all_well"],
  ];
  for (const [facts, kind] of rows) {
    assert.equal(indicate({ ...ALL_WELL, ...facts }).kind, kind, JSON.stringify(facts));
  }
});

Deno.test("indicator is dark and silent while all is well", () => {
  const { led, buzzer } = indicate(ALL_WELL);
  assert.deepEqual(patternAt(led, 0), { on: false, nextMs: undefined });
  assert.deepEqual(patternAt(buzzer, 0), { on: false, nextMs: undefined });
});

Deno.test("indicator blinks shortly every 2 s for a suspect node, without a sound", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, suspect: 1 });
  assert.equal(play(led, 4_500), "1@0 0@100 1@2000 0@2100 1@4000 0@4100");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("indicator blinks at 1 Hz for a dead node, without a sound yet", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, dead: 1 });
  assert.equal(play(led, 2_600), "1@0 0@500 1@1000 0@1500 1@2000 0@2500");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("indicator blinks twice every 2 s while blind, without a sound", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, blind: true, dead: 1, buzzing: true });
  assert.equal(play(led, 2_400), "1@0 0@100 1@250 0@350 1@2000 0@2100 1@2250 0@2350");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("buzzer beeps three times every 10 s for 2 minutes, then once a minute", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, dead: 1, buzzing: true });
  assert(samePattern(led, indicate({ ...ALL_WELL, dead: 1 }).led), "the LED plays on");
  const rounds = Array.from({ length: 12 }, (_, round) => round * 10_000);
  const insistent = rounds.flatMap((at) => [
    ...[`1@${at}`, `0@${at + 100}`, `1@${at + 200}`],
    ...[`0@${at + 300}`, `1@${at + 400}`, `0@${at + 500}`],
  ]);
  assert.equal(play(buzzer, 2 * MINUTE_MS), insistent.join(" "));
  assert.equal(play(buzzer, 4 * MINUTE_MS, 2 * MINUTE_MS), "1@120000 0@120100 1@180000 0@180100");
  assert.equal(play(buzzer, DAY_MS + 1_000, DAY_MS), `1@${DAY_MS} 0@${DAY_MS + 100}`);
});

Deno.test("rehearsal sounds the buzzer more than once within 5 s", () => {
  assert.match(play(TEST_INDICATION.buzzer, 5_000), /1@2500 0@2600/);
  assert.match(play(TEST_INDICATION.led, 5_000), /^1@0 0@500 1@1000/);
});

Deno.test("pattern skips what a late caller missed", () => {
  const { led } = indicate({ ...ALL_WELL, dead: 1 });
  assert.deepEqual(patternAt(led, 7_300), { on: true, nextMs: 7_500 });
  assert.deepEqual(patternAt(led, DAY_MS + 700), { on: false, nextMs: DAY_MS + 1_000 });
});

Deno.test("pattern with an intro alone ends dark", () => {
  const once: Pattern = { intro: [{ on: true, ms: 50 }], loop: [] };
  assert.deepEqual(patternAt(once, 49), { on: true, nextMs: 50 });
  assert.deepEqual(patternAt(once, 50), { on: false, nextMs: undefined });
});

Deno.test("patterns are told apart by level and length", () => {
  const pattern: Pattern = { intro: [], loop: [{ on: true, ms: 10 }] };
  assert(samePattern(pattern, structuredClone(pattern)));
  assert(!samePattern(pattern, { intro: [], loop: [{ on: true, ms: 11 }] }));
  assert(!samePattern(pattern, { intro: [], loop: [{ on: false, ms: 10 }] }));
  assert(!samePattern(pattern, { intro: pattern.loop, loop: [] }));
});

Deno.test("each indication has words of its own", () => {
  const kinds: readonly IndicationKind[] = [
    ...(["all_well", "blind", "suspect", "dead", "dead_buzzing", "test"] as const),
  ];
  assert.equal(new Set(kinds.map(describeIndication)).size, kinds.length);
});
