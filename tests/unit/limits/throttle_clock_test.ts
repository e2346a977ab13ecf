import assert from "node:assert/strict";
import { ThrottleClock } from "../../../core/limits/throttle_clock.ts";

Deno.test("a client that is throttled for a minute without a break is throttled too long", () => {
  const heldBack = new ThrottleClock();
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 500) {
    assert.equal(heldBack.isTooLong(true, nowMs), false);
  }
  assert.equal(heldBack.isTooLong(true, 60_001), true);
});

Deno.test("a client that catches up once a minute may be throttled for ever", () => {
  const heldBack = new ThrottleClock();
  for (let nowMs = 0; nowMs <= 3_600_000; nowMs += 500) {
    assert.equal(heldBack.isTooLong(nowMs % 50_000 !== 0, nowMs), false);
  }
});
