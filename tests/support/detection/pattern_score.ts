/** A pattern as a score. */

import assert from "node:assert/strict";
import type { Pattern } from "../../../core/alarm/indication.ts";
import { patternAt } from "../../../core/alarm/pattern.ts";

/**
 * The pattern's changes of level within a time span, as `1@0 0@100`. Timers are never early here.
 */
export function patternScore(pattern: Pattern, untilMs: number, fromMs = 0): string {
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
