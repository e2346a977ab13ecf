/** Columns of numbers in few bytes come out as they went in, and damaged bytes do no harm. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { packColumns, unpackColumns } from "../../../core/history/packed_columns.ts";

const hundredths = (max: number) =>
  fc.integer({ min: -max, max }).map((count) => Math.round(count) / 100);
const VALUE = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, 1, 27),
  hundredths(10_000),
  hundredths(1e14),
);
const COLUMNS = fc.uniqueArray(
  fc.tuple(fc.string({ unit: "grapheme" }), fc.array(VALUE, { maxLength: 130 })),
  { selector: ([name]) => name, maxLength: 8 },
);

Deno.test("any columns come out as they went in", () => {
  fc.assert(fc.property(COLUMNS, (columns) => {
    assert.deepEqual([...unpackColumns(packColumns(columns))], columns.map(noMinusZero));
  }));
});

Deno.test("ten minutes of a Pi take less than 130 bytes, with the names of what it measures", () => {
  const samples = Array.from({ length: 20 }, (_, index) => index);
  const bytes = packColumns([
    ["", samples.map((index) => index * 30)],
    ["temperature", samples.map((index) => Math.round((50 + 3 * Math.sin(index)) * 10) / 10)],
    ["cpu", samples.map((index) => Math.round(20 + 15 * Math.cos(index)))],
    ["memory", samples.map((index) => 40 + (index > 10 ? 1 : 0))],
    ["disk", samples.map(() => 27)],
    ["under_voltage", samples.map(() => 0)],
  ]);
  assert.ok(bytes.length < 130, `${bytes.length} bytes`);
});

Deno.test("names that begin alike take a few bytes each", () => {
  const columns = Array.from(
    { length: 1000 },
    (_, index) => [`raspberry-pi-${index}`, [(index * 37) % 1000]] as const,
  );
  const { length } = packColumns(columns);
  assert.ok(length < 1000 * 9, `${length} bytes`);
});

Deno.test("damaged bytes are refused or read as something else, in little time and memory", () => {
  const damage = fc.tuple(COLUMNS, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean());
  fc.assert(fc.property(damage, ([columns, at, byte, isCut]) => {
    const bytes = packColumns(columns);
    const place = at % bytes.length;
    bytes[place] = byte;
    refusesOrReads(isCut ? bytes.subarray(0, place) : bytes);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), refusesOrReads));
});

function refusesOrReads(bytes: Uint8Array): void {
  try {
    for (const values of unpackColumns(bytes).values()) assert.ok(values.length <= 100_000);
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error));
  }
}

function noMinusZero([name, values]: readonly [string, readonly (number | null)[]]) {
  return [name, values.map((value) => value === null ? null : value + 0)];
}
