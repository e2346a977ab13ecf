/** The positions and texts of an availability bar's segments. */

import type {
  AvailabilitySegmentView,
  AvailabilitySpan,
  AvailabilityState,
  NodeAvailabilityView,
} from "../../core/history/history.ts";
import { text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";
import { sinceText, type Zone } from "../words/instant.ts";

/** The width of a bar in its own units. */
export const WIDTH = 1000;
/** The minimum width of a death, so that it is visible. */
const DOWN_WIDTH_MIN = 6;
/** How many deaths the text of a whole bar lists. */
const LISTED_MAX = 3;

export interface Block {
  readonly x: number;
  readonly width: number;
  readonly state: AvailabilityState;
}

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** Returns what to draw. Deaths come last, so that nothing covers them. */
export function blocksOf(
  segments: readonly AvailabilitySegmentView[],
  range: Range,
): readonly Block[] {
  const fromMs = Date.parse(range.from);
  const wholeMs = Date.parse(range.to) - fromMs;
  if (!(wholeMs > 0)) return [];
  const place = (at: string) =>
    Math.min(WIDTH, Math.max(0, (Date.parse(at) - fromMs) / wholeMs * WIDTH));
  const blocks = segments.map(({ from, to, state }): Block => {
    const x = place(from);
    const width = Math.max(place(to) - x, state === "down" ? DOWN_WIDTH_MIN : 0);
    return { x: Math.min(x, WIDTH - width), width, state };
  });
  const isDown = ({ state }: Block) => state === "down";
  return [...blocks.filter((block) => !isDown(block)), ...blocks.filter(isDown)];
}

/**
 * Returns the index of the segment at a share (0 to 1) of the bar; a widened segment takes
 * precedence.
 */
export function segmentAt(
  segments: readonly AvailabilitySegmentView[],
  range: Range,
  share: number,
): number | undefined {
  const fromMs = Date.parse(range.from);
  const wholeMs = Date.parse(range.to) - fromMs;
  const atMs = fromMs + Math.min(1, Math.max(0, share)) * wholeMs;
  const slackMs = wholeMs * DOWN_WIDTH_MIN / WIDTH;
  const isIn = ({ from, to }: AvailabilitySegmentView, slack: number) =>
    Date.parse(from) - slack <= atMs && atMs <= Date.parse(to) + slack;
  const down = segments.findIndex((each) => each.state === "down" && isIn(each, slackMs));
  if (down >= 0) return down;
  const found = segments.findIndex((each) => isIn(each, 0));
  return found < 0 ? undefined : found;
}

/** `down from 14:02 to 14:05 (3 min)`; `now` decides which day needs no date. */
export function segmentText(
  { from, to, state }: AvailabilitySegmentView,
  now: string,
  zone?: Zone,
): string {
  return text("availability.segment", {
    state: text(`availability.${state}`),
    from: sinceText(from, now, zone),
    to: sinceText(to, now, zone),
    length: lengthText(Date.parse(to) - Date.parse(from)),
  });
}

/** `99.93 %`; never 100 when there was a death. */
export function percentText(percent: number | null): string {
  if (percent === null) return text("availability.nothing");
  const digits = percent >= 100 || percent <= 0 ? 0 : percent >= 99 ? 2 : 1;
  const scale = 10 ** digits;
  const cut = Math.floor(percent * scale) / scale;
  const point = text("availability.point");
  return text("availability.percent", { percent: cut.toFixed(digits).replace(".", point) });
}

/** Describes the whole bar in words. */
export function barText(
  { percent, segments }: NodeAvailabilityView,
  { name, span, now }: {
    readonly name: string;
    readonly span: AvailabilitySpan;
    readonly now: string;
  },
): string {
  const deaths = segments.filter(({ state }) => state === "down");
  const listed = deaths.slice(-LISTED_MAX).map((death) => segmentText(death, now));
  const rest = deaths.length - listed.length;
  const whole = text("availability.whole", {
    name,
    percent: percentText(percent),
    span: text(`availability.span_${span}`),
  });
  const more = rest > 0 ? [text("vital.more", { count: rest })] : [];
  return [whole, ...listed, ...more].join("; ");
}
