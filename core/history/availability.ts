/**
 * When a node was up, and when its state is unknown, from its transitions and the times in which
 * the hub saw the cluster.
 */

import type { Liveness } from "../detection/liveness.ts";
import type { AvailabilityState } from "./history.ts";

/** A time span. Its end is exclusive. Wall-clock time in ms, as everywhere in this file. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A span in which a run of the hub saw the cluster. */
export interface VisibilitySpan extends Stretch {
  /** The begin of that run. It only remembered which nodes had stopped. */
  readonly runMs: number;
}

/** A stored change of liveness. */
export interface LivenessChange {
  readonly atMs: number;
  readonly to: Liveness;
  /** For a death: how long the node had been silent by then, if it is known. */
  readonly silentMs?: number | undefined;
}

export interface AvailabilitySegment extends Stretch {
  readonly state: AvailabilityState;
}

const STATES: Readonly<Record<Liveness, AvailabilityState>> = {
  unknown: "unknown",
  alive: "up",
  suspect: "late",
  dead: "down",
  left: "stopped",
};

/**
 * The states of a node within `span`, oldest first and without gaps. `changes` are in order and
 * begin with the last one before the span. `spans` are in order, too.
 */
export function availabilityOf(
  changes: readonly LivenessChange[],
  spans: readonly VisibilitySpan[],
  span: Stretch,
): readonly AvailabilitySegment[] {
  const segments = new Segments(span);
  for (const believed of believedSegments(changes, spans, span.toMs)) segments.add(believed);
  return visibleOnly(segments.all(), spans, span);
}

/**
 * The percentage of time in which the node was up or late, of the time in which it is known that it
 * should have been; `null` if there is no such time. Rounded down to hundredths, so that 100 has no
 * exception.
 */
export function percentUp(segments: readonly AvailabilitySegment[]): number | null {
  let upMs = 0;
  let downMs = 0;
  for (const segment of segments) {
    const { state, fromMs, toMs } = segment;
    if (isUp(segment)) upMs += toMs - fromMs;
    if (state === "down") downMs += toMs - fromMs;
  }
  if (upMs + downMs === 0) return null;
  return downMs === 0 ? 100 : Math.min(99.99, Math.floor(upMs / (upMs + downMs) * 10_000) / 100);
}

/**
 * What observers believed, whether or not they saw the cluster. Segments may be outside the span.
 */
function believedSegments(
  changes: readonly LivenessChange[],
  spans: readonly VisibilitySpan[],
  toMs: number,
): readonly AvailabilitySegment[] {
  const runsMs = [...new Set(spans.map(({ runMs }) => runMs))];
  const events = [
    ...runsMs.map((atMs) => ({ atMs, to: undefined, silentMs: undefined })),
    ...changes,
  ].sort((a, b) => a.atMs - b.atMs);
  const believed: AvailabilitySegment[] = [];
  let state: AvailabilityState = "unknown";
  let fromMs = -Infinity;
  for (const { atMs, to, silentMs = 0 } of events) {
    // A new run remembers only the state "stopped".
    if (to === undefined && state === "stopped") continue;
    believed.push({ fromMs, toMs: atMs, state });
    state = to === undefined ? "unknown" : STATES[to];
    // The node was down from its last sign of life, although observers assumed something else
    // until they found the death.
    fromMs = state === "down" ? cutBelief(believed, atMs - silentMs, atMs) : atMs;
  }
  return [...believed, { fromMs, toMs, state }];
}

/**
 * Removes the assumption "up" after `fromMs`. Returns the instant from which no state is assumed any
 * more.
 */
function cutBelief(believed: AvailabilitySegment[], fromMs: number, toMs: number): number {
  let endMs = toMs;
  for (;;) {
    const last = believed.at(-1);
    // Other states, such as stopped by its owner, remain.
    if (last === undefined || endMs <= fromMs || !isUp(last)) return endMs;
    believed.pop();
    endMs = Math.max(last.fromMs, fromMs);
    if (last.fromMs < fromMs) believed.push({ ...last, toMs: fromMs });
  }
}

function isUp({ state }: AvailabilitySegment): boolean {
  return state === "up" || state === "late";
}

/** Keeps the states for the times in which the hub saw the cluster. All other times are unknown. */
function visibleOnly(
  believed: readonly AvailabilitySegment[],
  spans: readonly VisibilitySpan[],
  span: Stretch,
): readonly AvailabilitySegment[] {
  const segments = new Segments(span);
  let index = 0;
  for (const visible of spans) {
    // Later spans do not need segments that ended before this one.
    while ((believed[index]?.toMs ?? Infinity) <= visible.fromMs) index++;
    segments.add({ fromMs: -Infinity, toMs: visible.fromMs, state: "unknown" });
    for (let at = index; at < believed.length; at++) {
      const one = believed[at];
      if (one === undefined || one.fromMs >= visible.toMs) break;
      segments.add({ ...one, toMs: Math.min(one.toMs, visible.toMs) });
    }
  }
  segments.add({ fromMs: -Infinity, toMs: span.toMs, state: "unknown" });
  return segments.all();
}

/** Collects segments from left to right. Each begins where the last one ended. */
class Segments {
  readonly #toMs: number;
  readonly #segments: AvailabilitySegment[] = [];
  #endMs: number;

  constructor({ fromMs, toMs }: Stretch) {
    this.#endMs = fromMs;
    this.#toMs = toMs;
  }

  add({ toMs, state }: AvailabilitySegment): void {
    const fromMs = this.#endMs;
    const endMs = Math.min(toMs, this.#toMs);
    if (endMs <= fromMs) return;
    this.#endMs = endMs;
    const last = this.#segments.at(-1);
    if (last?.state === state) this.#segments.splice(-1, 1, { ...last, toMs: endMs });
    else this.#segments.push({ fromMs, toMs: endMs, state });
  }

  all(): readonly AvailabilitySegment[] {
    return this.#segments;
  }
}
