/** The bar of a node's availability. */

import assert from "node:assert/strict";
import type { AvailabilitySegmentView } from "../../../core/history/history.ts";
import {
  barText,
  blocksOf,
  percentText,
  segmentAt,
  segmentText,
  WIDTH,
} from "../../../web/availability/segments.ts";

const BERLIN = "Europe/Berlin";
const RANGE = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" };
const SEGMENTS: readonly AvailabilitySegmentView[] = [
  { from: "2026-03-01T00:00:00Z", to: "2026-03-01T06:00:00Z", state: "unknown" },
  { from: "2026-03-01T06:00:00Z", to: "2026-03-01T12:00:00Z", state: "up" },
  { from: "2026-03-01T12:00:00Z", to: "2026-03-01T12:00:20Z", state: "down" },
  { from: "2026-03-01T12:00:20Z", to: "2026-03-02T00:00:00Z", state: "up" },
];

Deno.test("segments lie where they belong, and a short death can be seen and is drawn last", () => {
  const blocks = blocksOf(SEGMENTS, RANGE);
  assert.deepEqual(blocks.map(({ state }) => state), ["unknown", "up", "up", "down"]);
  assert.deepEqual(blocks[0], { x: 0, width: WIDTH / 4, state: "unknown" });
  const down = blocks.at(-1);
  assert.ok(down && down.width >= 5 && down.x === WIDTH / 2);
  const end = [{ ...SEGMENTS[2], from: RANGE.to, to: RANGE.to, state: "down" }] as const;
  const last = blocksOf(end, RANGE)[0];
  assert.ok(last && last.x + last.width <= WIDTH, "it stays within the bar");
  assert.deepEqual(blocksOf(SEGMENTS, { from: RANGE.to, to: RANGE.to }), []);
});

Deno.test("a point of the bar is a segment, and a death is met though it is short", () => {
  assert.equal(segmentAt(SEGMENTS, RANGE, 0.1), 0);
  assert.equal(segmentAt(SEGMENTS, RANGE, 0.3), 1);
  assert.equal(segmentAt(SEGMENTS, RANGE, 0.502), 2);
  assert.equal(segmentAt(SEGMENTS, RANGE, 7), 3);
  assert.equal(segmentAt([], RANGE, 0.5), undefined);
});

Deno.test("a segment says from when to when", () => {
  const [, , death] = SEGMENTS;
  assert.ok(death);
  assert.equal(segmentText(death, RANGE.to, BERLIN), "down from 1 Mar 13:00 to 1 Mar 13:00 (20 s)");
});

Deno.test("a share is never rounded up to perfection", () => {
  assert.equal(percentText(100), "100 %");
  assert.equal(percentText(99.999), "99.99 %");
  assert.equal(percentText(98.76), "98.7 %");
  assert.equal(percentText(0), "0 %");
  assert.equal(percentText(null), "nothing known");
});

Deno.test("the whole bar can be read aloud", () => {
  const told = barText({ percent: 99.9, segments: SEGMENTS }, {
    name: "Arya",
    span: "24h",
    now: RANGE.to,
  });
  assert.match(told, /^Arya: 99\.90 % available, last 24 h; down from .* \(20 s\)$/);
});
