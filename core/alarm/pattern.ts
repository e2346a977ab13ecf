/** The level of a pattern at an instant, and functions that build patterns. */

import type { Beat, Pattern } from "./indication.ts";

/** The position of a pattern at an instant. */
export interface PatternPosition {
  readonly on: boolean;
  /**
   * When the level may change next, in milliseconds since the pattern's start; undefined: never.
   */
  readonly nextMs: number | undefined;
}

/** The level of a pattern at an instant since its start. A late caller skips the missed beats. */
export function patternAt(pattern: Pattern, elapsedMs: number): PatternPosition {
  const introMs = lengthMs(pattern.intro);
  const loopMs = lengthMs(pattern.loop);
  if (elapsedMs < introMs) return beatAt(pattern.intro, elapsedMs, 0);
  if (loopMs === 0) return { on: false, nextMs: undefined };
  const roundMs = introMs + Math.floor((elapsedMs - introMs) / loopMs) * loopMs;
  return beatAt(pattern.loop, elapsedMs, roundMs);
}

function beatAt(beats: readonly Beat[], elapsedMs: number, startMs: number): PatternPosition {
  let nextMs = startMs;
  for (const beat of beats) {
    nextMs += beat.ms;
    if (elapsedMs < nextMs) return { on: beat.on, nextMs };
  }
  return { on: false, nextMs };
}

/** Whether two patterns are equal, so that the running one need not restart. */
export function samePattern(a: Pattern, b: Pattern): boolean {
  return sameBeats(a.intro, b.intro) && sameBeats(a.loop, b.loop);
}

function sameBeats(a: readonly Beat[], b: readonly Beat[]): boolean {
  return a.length === b.length &&
    a.every((beat, index) => beat.on === b[index]?.on && beat.ms === b[index].ms);
}

/** The beats, followed by off until the period ends. */
export function within(periodMs: number, beats: readonly Beat[]): readonly Beat[] {
  return [...beats, off(periodMs - lengthMs(beats))];
}

/** `count` beats of `onMs`, with pauses of `offMs` between them. */
export function repeated(count: number, onMs: number, offMs: number): readonly Beat[] {
  return Array.from(
    { length: count },
    (_, index) => index === 0 ? [on(onMs)] : [off(offMs), on(onMs)],
  )
    .flat();
}

export function on(ms: number): Beat {
  return { on: true, ms };
}

export function off(ms: number): Beat {
  return { on: false, ms };
}

function lengthMs(beats: readonly Beat[]): number {
  return beats.reduce((sum, beat) => sum + beat.ms, 0);
}
