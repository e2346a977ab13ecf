/** Repeated events are reported at first, and then by the hour. */

import assert from "node:assert/strict";
import { HourlyLimit } from "../../../core/structures/hourly_limit.ts";

const HOUR_MS = 3_600_000;

Deno.test("the first events of an hour are reported, then only the sums, until an hour without events", () => {
  const limit = new HourlyLimit(3);
  const each = (fromMs: number, count: number) =>
    Array.from({ length: count }, (_, index) => limit.count(fromMs + index * 1000));
  const first = each(0, 3600);
  assert.equal(first.filter(({ isReported }) => isReported).length, 3);
  assert.equal(first.filter(({ hidden }) => hidden > 0).length, 0);
  const second = each(HOUR_MS, 3600);
  assert.equal(second.filter(({ isReported }) => isReported).length, 0);
  assert.deepEqual(second.map(({ hidden }) => hidden).filter((hidden) => hidden > 0), [3597]);
  assert.deepEqual(limit.count(2 * HOUR_MS), { isReported: false, hidden: 3600 });
  assert.deepEqual(limit.count(10 * HOUR_MS), { isReported: true, hidden: 1 });
  assert.deepEqual(limit.count(20 * HOUR_MS), { isReported: true, hidden: 0 });
});
