/** How many presses of other buttons count for a tracker or a hub. */

import fc from "fast-check";
import assert from "node:assert/strict";
import {
  newPressBudget,
  PRESS_EVERY_MS,
  PRESSES_MAX,
  takePress,
} from "../../../core/alarm/press_budget.ts";

Deno.test("five presses in a row count, and one more in each ten minutes", () => {
  const budget = newPressBudget();
  const take = (atMs: number) => takePress(budget, atMs);
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(take), [
    ...Array.from({ length: 5 }, () => true),
    false,
    false,
  ]);
  assert.deepEqual([600_000, 600_001, 1_200_000].map(take), [true, false, true]);
});

Deno.test("in any time span at most five presses count, and one for each ten minutes of it", () => {
  const pauseMs = fc.oneof(fc.nat({ max: 5000 }), fc.nat({ max: 2 * PRESS_EVERY_MS }));
  fc.assert(fc.property(fc.array(pauseMs, { maxLength: 200 }), (pausesMs) => {
    const budget = newPressBudget();
    const believedMs: number[] = [];
    let nowMs = 0;
    for (const ms of pausesMs) {
      nowMs += ms;
      if (takePress(budget, nowMs)) believedMs.push(nowMs);
    }
    for (const [first, fromMs] of believedMs.entries()) {
      for (const [last, toMs] of believedMs.entries()) {
        const most = PRESSES_MAX + Math.floor((toMs - fromMs) / PRESS_EVERY_MS);
        if (last >= first) assert.ok(last - first + 1 <= most, `${fromMs} to ${toMs}`);
      }
    }
  }));
});
