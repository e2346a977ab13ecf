/** Reduces a node's states to a readable bar: few segments, and no lost outage. */

import type { AvailabilitySegment } from "./availability.ts";

/** Segments that are narrower than this share of a bar's segment disappear first. */
const FIRST_SHARE = 1 / 16;

/**
 * At most `max` segments (at least 3) that cover the same time. Short segments merge into the one
 * before them, the shortest first, but never outages. If there are more outages than the bar can
 * hold, the closest ones are joined.
 */
export function barOf(
  segments: readonly AvailabilitySegment[],
  max: number,
): readonly AvailabilitySegment[] {
  const [first] = segments;
  const last = segments.at(-1);
  if (first === undefined || last === undefined) return [];
  const widthMs = last.toMs - first.fromMs;
  let bar = segments;
  for (let leastMs = widthMs / max * FIRST_SHARE; bar.length > max; leastMs *= 2) {
    bar = withoutShort(bar, leastMs);
    if (leastMs > widthMs) break;
  }
  return bar.length > max ? joinOutages(bar, max) : bar;
}

/** Merges each segment that is shorter than this with a neighbour, if neither is down. */
function withoutShort(
  segments: readonly AvailabilitySegment[],
  leastMs: number,
): readonly AvailabilitySegment[] {
  const kept: AvailabilitySegment[] = [];
  for (const segment of segments) {
    const last = kept.at(-1);
    if (last === undefined || last.state === "down" || segment.state === "down") {
      kept.push(segment);
      continue;
    }
    const isShort = lengthMs(segment) < leastMs || lengthMs(last) < leastMs;
    if (!isShort && last.state !== segment.state) {
      kept.push(segment);
      continue;
    }
    const { state } = lengthMs(segment) > lengthMs(last) ? segment : last;
    kept.splice(-1, 1, { fromMs: last.fromMs, toMs: segment.toMs, state });
  }
  return kept;
}

/** Joins outages with the shortest time between them until there are few enough. */
function joinOutages(
  segments: readonly AvailabilitySegment[],
  max: number,
): readonly AvailabilitySegment[] {
  const between = segments.filter(({ state }, index) =>
    state !== "down" && segments[index - 1]?.state === "down" &&
    segments[index + 1]?.state === "down"
  );
  const shortest = between.toSorted((a, b) => lengthMs(a) - lengthMs(b))
    .slice(0, Math.ceil((segments.length - max) / 2));
  const filled = new Set(shortest);
  const joined: AvailabilitySegment[] = [];
  for (const segment of segments) {
    const state = filled.has(segment) ? "down" : segment.state;
    const last = joined.at(-1);
    if (last?.state === state) joined.splice(-1, 1, { ...last, toMs: segment.toMs });
    else joined.push({ ...segment, state });
  }
  return joined;
}

function lengthMs({ fromMs, toMs }: AvailabilitySegment): number {
  return toMs - fromMs;
}
