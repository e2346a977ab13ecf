import assert from "node:assert/strict";
import { ThrottleClock } from "../../../core/limits/throttle_clock.ts";

Deno.test("whoever has to wait for a minute on end waits for too long", () => {
  const heldBack = new ThrottleClock();
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 500) {
    assert.equal(heldBack.isTooLong(true, nowMs), false);
  }
  assert.equal(heldBack.isTooLong(true, 60_001), true);
});

Deno.test("whoever has caught up once in a minute may have to wait for ever", () => {
  const heldBack = new ThrottleClock();
  for (let nowMs = 0; nowMs <= 3_600_000; nowMs += 500) {
    assert.equal(heldBack.isTooLong(nowMs % 50_000 !== 0, nowMs), false);
  }
});
