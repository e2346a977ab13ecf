/** What charts of vitals show, and the same as numbers. */

import assert from "node:assert/strict";
import type { VitalPoint } from "../../../core/history/history.ts";
import { chartOf, figuresOf, stretchesOf } from "../../../web/charts/chart_data.ts";
import { axisText } from "../../../web/charts/chart_text.ts";

const POINTS: readonly VitalPoint[] = [[0, 40], [60, 50], [120, null], [180, 30], [240, 44]];

Deno.test("a temperature is drawn up to where it would be critical", () => {
  const { times, values, min, max, thresholds } = chartOf("temperature", POINTS);
  assert.deepEqual(times, [0, 60, 120, 180, 240]);
  assert.deepEqual(values, [40, 50, null, 30, 44]);
  assert.deepEqual([min, max], [20, 90]);
  assert.deepEqual(thresholds, [{ at: 75, level: "warning" }, { at: 82, level: "critical" }]);
});

Deno.test("shares are drawn of a hundred, flags of one, and a level out of reach is no line", () => {
  const cpu = chartOf("cpu", POINTS);
  assert.deepEqual([cpu.min, cpu.max], [0, 100]);
  assert.deepEqual(cpu.thresholds, [{ at: 95, level: "warning" }]);
  const flag = chartOf("under_voltage", [[0, 0], [60, 1]]);
  assert.deepEqual([flag.min, flag.max, flag.thresholds], [0, 1, []]);
});

Deno.test("a vital of a newer agent has a scale about what it was", () => {
  const fan = chartOf("fan_speed", [[0, 1003], [60, 1187]]);
  assert.deepEqual([fan.min, fan.max], [990, 1200]);
  const nothing = chartOf("fan_speed", [[0, null]]);
  assert.ok(nothing.min < nothing.max);
});

Deno.test("the figures say when it was lowest and highest, and what it was last", () => {
  assert.deepEqual(figuresOf(POINTS), {
    lowest: { value: 30, atS: 180 },
    highest: { value: 50, atS: 60 },
    mean: 41,
    last: { value: 44, atS: 240 },
  });
  assert.equal(figuresOf([[0, null]]), undefined);
  assert.equal(figuresOf([]), undefined);
});

Deno.test("stretches cover the whole time, and say where nothing was heard", () => {
  const stretches = stretchesOf(POINTS, { fromS: -120, toS: 240, count: 3 });
  assert.deepEqual(
    stretches.map(({ fromS, toS, figures }) => [fromS, toS, figures?.mean]),
    [[-120, 0, undefined], [0, 120, 45], [120, 240, 37]],
  );
});

Deno.test("an axis has room for the number of any machine", () => {
  assert.equal(axisText("temperature", 80), "80 °C");
  assert.equal(axisText("under_voltage", 1), "yes");
  assert.ok(axisText("temperature", 1_234_567_890).length <= 7);
});
