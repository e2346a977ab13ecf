/**
 * The availability of one node as a bar. Hover, tap and arrow keys show the times of each state.
 */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import type { AvailabilitySpan, NodeAvailabilityView } from "../../core/history/history.ts";
import {
  barText,
  type Block,
  blocksOf,
  type Range,
  segmentAt,
  segmentText,
  WIDTH,
} from "./segments.ts";

interface AvailabilityBarProps {
  readonly availability: NodeAvailabilityView;
  readonly span: AvailabilitySpan;
  /** The time range of the whole bar. */
  readonly range: Range;
  /** The node's shown name. */
  readonly name: string;
}

export function AvailabilityBar(
  { availability, span, range, name }: AvailabilityBarProps,
): JSX.Element {
  const { segments } = availability;
  const chosen = useSignal<number | undefined>(undefined);
  const current = chosen.value === undefined ? undefined : segments[chosen.value];
  const shown = current && segmentText(current, range.to);
  const point = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    chosen.value = segmentAt(segments, range, (event.clientX - box.left) / box.width);
  };
  const forget = () => chosen.value = undefined;
  return (
    <div
      class="availability"
      role="slider"
      tabIndex={0}
      aria-readonly="true"
      aria-label={barText(availability, { name, span, now: range.to })}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, segments.length - 1)}
      aria-valuenow={chosen.value ?? Math.max(0, segments.length - 1)}
      aria-valuetext={shown ?? barText(availability, { name, span, now: range.to })}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={(event) => event.pointerType === "mouse" && forget()}
      onBlur={forget}
      onKeyDown={(event) => {
        const next = stepped(event.key, chosen.value, segments.length);
        if (next === "none") return;
        event.preventDefault();
        chosen.value = next;
      }}
    >
      <Blocks blocks={blocksOf(segments, range)} />
      {shown !== undefined && <span class="availability-text" aria-hidden="true">{shown}</span>}
    </div>
  );
}

/** The states differ in height as well as in colour. */
const HEIGHTS: Readonly<Record<Block["state"], number>> = {
  down: 24,
  late: 18,
  up: 14,
  stopped: 8,
  unknown: 3,
};
const HEIGHT = 24;

function Blocks({ blocks }: { readonly blocks: readonly Block[] }): JSX.Element {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {blocks.map(({ x, width, state }) => (
        <rect
          key={`${x} ${state}`}
          class={`block is-${state}`}
          x={x}
          y={HEIGHT - HEIGHTS[state]}
          width={width}
          height={HEIGHTS[state]}
        />
      ))}
    </svg>
  );
}

/** Returns the segment that a key selects; `none` for other keys. */
function stepped(
  key: string,
  from: number | undefined,
  count: number,
): number | undefined | "none" {
  if (count === 0) return "none";
  const last = count - 1;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return from === undefined ? last : Math.max(0, from - 1);
    case "ArrowRight":
    case "ArrowUp":
      return from === undefined ? last : Math.min(last, from + 1);
    case "Home":
      return 0;
    case "End":
      return last;
    case "Escape":
      return undefined;
    default:
      return "none";
  }
}
