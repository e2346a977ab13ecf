/** The level of a pattern at an instant, and functions that build patterns. */
import assert from "node:assert/strict";
import type { Pattern } from "../../../core/alarm/indication.ts";
import { indicate } from "../../../core/alarm/indicator.ts";
import { patternAt, repeated, samePattern, within } from "../../../core/alarm/pattern.ts";
import { patternScore } from "../../support/detection/pattern_score.ts";

/** A day: long enough to reveal rounding errors. */
const DAY_MS = 24 * 3_600_000;

Deno.test("pattern skips what a late caller missed", () => {
  const { led } = indicate({ blind: false, suspect: 0, dead: 1, buzzing: false });
  assert.deepEqual(patternAt(led, 7_300), { on: true, nextMs: 7_500 });
  assert.deepEqual(patternAt(led, DAY_MS + 700), { on: false, nextMs: DAY_MS + 1_000 });
});

Deno.test("a pattern without a loop ends off", () => {
  const once: Pattern = { intro: [{ on: true, ms: 50 }], loop: [] };
  assert.deepEqual(patternAt(once, 49), { on: true, nextMs: 50 });
  assert.deepEqual(patternAt(once, 50), { on: false, nextMs: undefined });
});

Deno.test("patterns differ by level and length", () => {
  const pattern: Pattern = { intro: [], loop: [{ on: true, ms: 10 }] };
  assert(samePattern(pattern, structuredClone(pattern)));
  assert(!samePattern(pattern, { intro: [], loop: [{ on: true, ms: 11 }] }));
  assert(!samePattern(pattern, { intro: [], loop: [{ on: false, ms: 10 }] }));
  assert(!samePattern(pattern, { intro: pattern.loop, loop: [] }));
});

Deno.test("beats within a period leave the rest of it off", () => {
  const once = { intro: [], loop: within(1000, repeated(1, 100, 50)) };
  assert.equal(patternScore(once, 1_050), "1@0 0@100 1@1000");
  const twice = { intro: [], loop: within(1000, repeated(2, 100, 50)) };
  assert.equal(patternScore(twice, 1_050), "1@0 0@100 1@150 0@250 1@1000");
});
