/** When a node was up, and when nobody knows: from its transitions and from when the hub saw. */

import type { Liveness } from "../detection/liveness.ts";
import type { AvailabilityState } from "./history.ts";

/** A stretch of time: its end is no part of it. Calendar time in ms, as everywhere here. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From when to when a run of the hub saw the cluster. */
export interface VisibilitySpan extends Stretch {
  /** When that run began: it knew nothing of nodes but who had stopped. */
  readonly runMs: number;
}

/** A change of liveness, as it is kept. */
export interface LivenessChange {
  readonly atMs: number;
  readonly to: Liveness;
  /** Of a death: for how long the node had been silent by then, where that is known. */
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
 * What a node was, oldest first and without gaps, within `span`. `changes` are in their order and begin
 * with the last one before the span; `sights` are in their order, too.
 */
export function availabilityOf(
  changes: readonly LivenessChange[],
  sights: readonly VisibilitySpan[],
  span: Stretch,
): readonly AvailabilitySegment[] {
  const segments = new Segments(span);
  for (const believed of beliefs(changes, sights, span.toMs)) segments.add(believed);
  return seenOnly(segments.all(), sights, span);
}

/**
 * Percent of the time in which the node was there, up or late, of the time in which it is known that it
 * should have been; `null` where that is none. Rounded down to hundredths: 100 has no exception.
 */
export function percentUp(segments: readonly AvailabilitySegment[]): number | null {
  let upMs = 0;
  let downMs = 0;
  for (const segment of segments) {
    const { state, fromMs, toMs } = segment;
    if (isThere(segment)) upMs += toMs - fromMs;
    if (state === "down") downMs += toMs - fromMs;
  }
  if (upMs + downMs === 0) return null;
  return downMs === 0 ? 100 : Math.min(99.99, Math.floor(upMs / (upMs + downMs) * 10_000) / 100);
}

/** What observers believed, whether or not they saw; stretches may lie anywhere in time. */
function beliefs(
  changes: readonly LivenessChange[],
  sights: readonly VisibilitySpan[],
  toMs: number,
): readonly AvailabilitySegment[] {
  const runsMs = [...new Set(sights.map(({ runMs }) => runMs))];
  const events = [
    ...runsMs.map((atMs) => ({ atMs, to: undefined, silentMs: undefined })),
    ...changes,
  ].sort((a, b) => a.atMs - b.atMs);
  const believed: AvailabilitySegment[] = [];
  let state: AvailabilityState = "unknown";
  let fromMs = -Infinity;
  for (const { atMs, to, silentMs = 0 } of events) {
    // A run that begins remembers of all states but one only that they were.
    if (to === undefined && state === "stopped") continue;
    believed.push({ fromMs, toMs: atMs, state });
    state = to === undefined ? "unknown" : STATES[to];
    // It was down from its last sign of life on, whatever was believed until it was missed.
    fromMs = state === "down" ? cutBack(believed, atMs - silentMs, atMs) : atMs;
  }
  return [...believed, { fromMs, toMs, state }];
}

/** Takes away that a node was up after `fromMs`; answers from when on nothing is believed then. */
function cutBack(believed: AvailabilitySegment[], fromMs: number, toMs: number): number {
  let endMs = toMs;
  for (;;) {
    const last = believed.at(-1);
    // What else it was, as stopped by its owner, it was.
    if (last === undefined || endMs <= fromMs || !isThere(last)) return endMs;
    believed.pop();
    endMs = Math.max(last.fromMs, fromMs);
    if (last.fromMs < fromMs) believed.push({ ...last, toMs: fromMs });
  }
}

function isThere({ state }: AvailabilitySegment): boolean {
  return state === "up" || state === "late";
}

/** What was believed counts where the hub saw; of everything else nobody knows. */
function seenOnly(
  believed: readonly AvailabilitySegment[],
  sights: readonly VisibilitySpan[],
  span: Stretch,
): readonly AvailabilitySegment[] {
  const segments = new Segments(span);
  let index = 0;
  for (const sight of sights) {
    // What ended before this sight is of no interest to any later one either.
    while ((believed[index]?.toMs ?? Infinity) <= sight.fromMs) index++;
    segments.add({ fromMs: -Infinity, toMs: sight.fromMs, state: "unknown" });
    for (let at = index; at < believed.length; at++) {
      const one = believed[at];
      if (one === undefined || one.fromMs >= sight.toMs) break;
      segments.add({ ...one, toMs: Math.min(one.toMs, sight.toMs) });
    }
  }
  segments.add({ fromMs: -Infinity, toMs: span.toMs, state: "unknown" });
  return segments.all();
}

/** Segments that are added from left to right, each from where the one before it ended. */
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
