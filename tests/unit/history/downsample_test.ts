/** Many readings of vitals are reduced to fewer. */

import fc from "fast-check";
import assert from "node:assert/strict";
import {
  KINDS_MAX,
  meanOf,
  MeanSeries,
  readingsOf,
  samplesOf,
  withPart,
} from "../../../core/history/downsample.ts";
import type { Vitals } from "../../../core/protocol/vitals.ts";

const OK = { level: "ok" } as const;

Deno.test("readings are numbers, with flags as 0 and 1, and without unsupported vitals", () => {
  const vitals: Vitals = {
    fan: { value: 1200, ...OK },
    temperature: { value: 48.2, ...OK },
    under_voltage: { value: true, level: "critical" },
    cpu: { value: null, level: "not_supported" },
    absurd: { value: 1e300, ...OK },
  };
  assert.deepEqual(readingsOf(vitals), { temperature: 48.2, under_voltage: 1, fan: 1200 });
});

Deno.test("readings of unknown kinds are limited, and never displace a known kind", () => {
  const strange = Array.from({ length: 40 }, (_, index) => [`a${index}`, { value: 1, ...OK }]);
  const vitals: Vitals = { ...Object.fromEntries(strange), disk: { value: 7, ...OK } };
  const readings = readingsOf(vitals);
  assert.equal(Object.keys(readings).length, KINDS_MAX);
  assert.equal(readings.disk, 7);
});

Deno.test("points are means over equal parts, dated by their readings", () => {
  const series = new MeanSeries(0, 10);
  for (const [atS, cpu] of [[1, 10], [3, 20], [12, 5], [14, 6]] as const) {
    series.add({ atS, readings: { cpu } });
  }
  assert.deepEqual(series.points(90), { cpu: [[2, 15], [13, 5.5]] });
});

Deno.test("points have a gap after a long silence, and none if readings are only slow", () => {
  const series = new MeanSeries(0, 10);
  for (const atS of [0, 30, 120, 211]) series.add({ atS, readings: { cpu: 1 } });
  assert.deepEqual(series.points(90), { cpu: [[0, 1], [30, 1], [120, 1], [166, null], [211, 1]] });
});

Deno.test("points are never more than parts, and lie between the smallest and the largest reading", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ atS: fc.nat(999), cpu: fc.double({ min: -1e12, max: 1e12, noNaN: true }) }),
        {
          minLength: 1,
          maxLength: 200,
        },
      ),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 0, max: 200 }),
      (samples, stepS, gapS) => {
        const series = new MeanSeries(0, stepS);
        for (const { atS, cpu } of samples) series.add({ atS, readings: { cpu } });
        const points = series.points(gapS).cpu ?? [];
        assert.ok(points.length <= Math.ceil(1000 / stepS), `${points.length}`);
        assert.deepEqual(points, points.toSorted(([a], [b]) => a - b));
        const least = Math.min(...samples.map(({ cpu }) => cpu));
        const most = Math.max(...samples.map(({ cpu }) => cpu));
        for (const [, value] of points) {
          if (value !== null) assert.ok(value >= least - 0.01 && value <= most + 0.01, `${value}`);
        }
        assert.ok(points.some(([, value]) => value !== null));
      },
    ),
  );
});

Deno.test("stored means can be used as samples", () => {
  const series = new MeanSeries(600, 60);
  for (const atS of [600, 630, 720]) series.add({ atS, readings: { cpu: atS, disk: 7 } });
  const means = series.means(4);
  assert.deepEqual(means, { cpu: [615, null, 720, null], disk: [7, null, 7, null] });
  assert.deepEqual(samplesOf(means, 600, 60), [
    { atS: 630, readings: { cpu: 615, disk: 7 } },
    { atS: 750, readings: { cpu: 720, disk: 7 } },
  ]);
  assert.deepEqual(meanOf(means), { cpu: 667.5, disk: 7 });
});

Deno.test("means of a day are added hour by hour, whatever names the vitals have", () => {
  const first = withPart({}, { cpu: 5, constructor: 1 }, { part: 1, count: 3 });
  assert.deepEqual(Object.entries(first), [
    ["cpu", [null, 5, null]],
    ["constructor", [null, 1, null]],
  ]);
  assert.deepEqual(Object.entries(withPart(first, { cpu: 6, disk: 1 }, { part: 2, count: 3 })), [
    ["cpu", [null, 5, 6]],
    ["constructor", [null, 1, null]],
    ["disk", [null, null, 1]],
  ]);
});

Deno.test("means of one node have a limited number of kinds, even if their names change each time", () => {
  const series = new MeanSeries(0, 60);
  for (let index = 0; index < 100; index++) {
    series.add({ atS: index, readings: { [`kind${index}`]: 1, cpu: 2 } });
  }
  const means = series.means(2);
  assert.ok(Object.keys(means).length <= KINDS_MAX + 1);
  assert.deepEqual(means.cpu, [2, 2]);
});
