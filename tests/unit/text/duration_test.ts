import assert from "node:assert/strict";
import { formatDuration, parseDurationMs } from "../../../core/text/duration.ts";

Deno.test("a duration is a whole number with its unit", () => {
  assert.equal(parseDurationMs("500ms"), 500);
  assert.equal(parseDurationMs("10s"), 10_000);
  assert.equal(parseDurationMs("2m"), 120_000);
  assert.equal(parseDurationMs("1h"), 3_600_000);
  assert.equal(parseDurationMs("0s"), 0);
});

Deno.test("zero is the one duration that needs no unit", () => {
  assert.equal(parseDurationMs("0"), 0);
  assert.equal(parseDurationMs("4"), undefined);
});

Deno.test("an invalid duration is refused", () => {
  for (const text of ["", "s", "1.5s", "-1s", "1 s", "1d", "1s2", "1e3s", "9".repeat(13) + "s"]) {
    assert.equal(parseDurationMs(text), undefined, text);
  }
});

Deno.test("a duration is written in the largest unit without a remainder", () => {
  const written = [0, 1, 500, 1000, 1500, 90_000, 120_000, 3_600_000].map(formatDuration);
  assert.deepEqual(written, ["0s", "1ms", "500ms", "1s", "1500ms", "90s", "2m", "1h"]);
  for (const text of written) {
    assert.equal(formatDuration(parseDurationMs(text) ?? NaN), text);
  }
});
