import assert from "node:assert/strict";
import { checkDelayMs, RETRY_AFTER_MS_MAX, retryDelayMs } from "../../../core/alerting/retry.ts";

Deno.test("retries wait 2 s, then twice as long each time, at most 5 minutes", () => {
  const waits = Array.from({ length: 10 }, (_, index) => retryDelayMs(index + 1, 0) / 1000);
  assert.deepEqual(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

Deno.test("retries go on for ever: the millionth waits no longer than the tenth", () => {
  assert.equal(retryDelayMs(1_000_000, 0), 300_000);
});

Deno.test("retries are spread by up to a quarter, never brought forward", () => {
  assert.equal(retryDelayMs(1, 0.5), 2250);
  assert.equal(retryDelayMs(1, 1), 2500);
  assert.equal(retryDelayMs(1, -3), 2000);
  assert.equal(retryDelayMs(1, 7), 2500);
});

Deno.test("a retry waits for as long as the provider asks, within an hour", () => {
  assert.equal(retryDelayMs(1, 0, 30_000), 30_000);
  assert.equal(retryDelayMs(9, 0, 30_000), 300_000);
  assert.equal(retryDelayMs(1, 0, 9e9), RETRY_AFTER_MS_MAX);
});

Deno.test("a provider is asked what became of a message for a day, ever more rarely", () => {
  const waits = Array.from({ length: 7 }, (_, checks) => (checkDelayMs(checks) ?? NaN) / 1000);
  assert.deepEqual(waits, [5, 15, 60, 300, 1800, 3600, 3600]);
  assert.deepEqual([checkDelayMs(28), checkDelayMs(29)], [3_600_000, undefined]);
});
