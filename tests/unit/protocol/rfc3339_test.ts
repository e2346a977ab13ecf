/** Instants as text: they are parsed as they were written, and other texts are refused. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { formatRfc3339, parseRfc3339 } from "../../../core/protocol/rfc3339.ts";

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

Deno.test("every instant from 1970 to 9999 is written as the platform writes it, and read again", () => {
  const instant = fc.integer({ min: 0, max: LAST_MS });
  fc.assert(fc.property(instant, (ms) => {
    const text = formatRfc3339(ms);
    assert.equal(text, new Date(ms).toISOString());
    assert.equal(parseRfc3339(text), ms);
  }));
  for (const year of [1970, 1972, 1999, 2000, 2026, 2100, 2400, 9999]) {
    for (const [month, day] of [[0, 1], [1, 28], [2, 1], [11, 31]] as const) {
      const ms = Date.UTC(year, month, day);
      assert.equal(formatRfc3339(ms), new Date(ms).toISOString());
      assert.equal(parseRfc3339(formatRfc3339(ms)), ms);
    }
  }
});

Deno.test("an instant outside of what can be written becomes the nearest that can", () => {
  assert.equal(formatRfc3339(-Infinity), "1970-01-01T00:00:00.000Z");
  assert.equal(formatRfc3339(Infinity), "9999-12-31T23:59:59.999Z");
  assert.equal(formatRfc3339(0.6), "1970-01-01T00:00:00.001Z");
});

Deno.test("offsets, fractions, small letters and leap seconds are read", () => {
  const read = (text: string) => {
    const ms = parseRfc3339(text);
    return ms === undefined ? undefined : formatRfc3339(ms);
  };
  assert.equal(read("2026-11-22T15:02:16+01:00"), "2026-11-22T14:02:16.000Z");
  assert.equal(read("2026-11-22T00:02:16-05:30"), "2026-11-22T05:32:16.000Z");
  assert.equal(read("2026-11-22t14:02:16.1239z"), "2026-11-22T14:02:16.123Z");
  assert.equal(read("2026-12-31T23:59:60Z"), "2027-01-01T00:00:00.000Z");
  assert.equal(read("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00.000Z");
});

Deno.test("an invalid instant is refused", () => {
  const wrong = [
    "",
    "now",
    "2026-11-22",
    "2026-11-22T14:02:16",
    "2026-11-22 14:02:16Z",
    "2026-11-22T14:02:16Z ",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2026-11-00T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T14:60:00Z",
    "2026-11-22T14:02:61Z",
    "2026-11-22T14:02:16+24:00",
    "2026-11-22T14:02:16+01:60",
    "2026-11-22T14:02:16.Z",
    "2026-11-22T14:02:16.1234567890Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:01",
    "+002026-11-22T14:02:16Z",
    "-2026-11-22T14:02:16Z",
  ];
  for (const text of wrong) assert.equal(parseRfc3339(text), undefined, text);
});
