/** Vitals in few bytes come out as they went in, whatever a node calls them. */

import fc from "fast-check";
import assert from "node:assert/strict";
import {
  packMeans,
  packSamples,
  unpackMeans,
  unpackSamples,
} from "../../../core/history/packed_vitals.ts";

const KIND = fc.oneof(
  fc.constantFrom(
    "temperature",
    "cpu",
    "under_voltage",
    "t",
    "~",
    "",
    "~cpu",
    "__proto__",
    "valueOf",
  ),
  fc.string(),
);
const VALUE = fc.integer({ min: -1e6, max: 1e6 }).map((count) => (count + 0) / 100);
const READINGS = fc.uniqueArray(fc.tuple(KIND, VALUE), { selector: ([kind]) => kind, maxLength: 6 })
  .map((all) => Object.fromEntries(all));
const SAMPLES = fc.array(fc.record({ atS: fc.integer({ min: 0, max: 4000 }), readings: READINGS }));
const MEANS = fc.uniqueArray(
  fc.tuple(KIND, fc.array(fc.oneof(fc.constant(null), VALUE), { maxLength: 60 })),
  { selector: ([kind]) => kind, maxLength: 6 },
).map((all) => Object.fromEntries(all));

Deno.test("samples come out as they went in, wherever they are counted from", () => {
  fc.assert(fc.property(SAMPLES, fc.integer({ min: -10, max: 2e9 }), (samples, fromS) => {
    const moved = samples.map(({ atS, readings }) => ({ atS: atS + fromS, readings }));
    const found = unpackSamples(packSamples(moved, fromS), fromS);
    assert.deepEqual(found.map(sorted), moved.map(sorted));
  }));
});

Deno.test("means come out as they went in", () => {
  fc.assert(fc.property(MEANS, (means) => {
    assert.deepEqual(unpackMeans(packMeans(means)), means);
  }));
});

Deno.test("fifteen minutes of a Pi take less than 200 bytes", () => {
  const samples = Array.from({ length: 30 }, (_, index) => ({
    atS: 30 * index + index % 2,
    readings: {
      temperature: Math.round((50 + 3 * Math.sin(index)) * 10) / 10,
      cpu: Math.round(20 + 15 * Math.cos(index)),
      memory: 40 + (index > 10 ? 1 : 0),
      disk: 27,
      under_voltage: 0,
    },
  }));
  const { length } = packSamples(samples, 0);
  assert.ok(length < 200, `${length} bytes`);
});

/** The order of kinds does not matter. */
function sorted({ atS, readings }: { atS: number; readings: Readonly<Record<string, number>> }) {
  return [atS, Object.entries(readings).toSorted()];
}
