/** The silence that this Pi's button began: it holds at once, and is said until it was heard. */

import type { AlarmMessage, AlarmSilence } from "../protocol/wire.ts";
import { type Silence, SILENCE_MS_MAX } from "./silence.ts";

/** Instants are monotonic. */
export interface OwnSilence {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** What the calendar showed at `sinceMs`, in whole milliseconds: by this it is known again. */
  readonly sinceWallMs: number;
  /** It came back through the broker, so the others have it, too. */
  isHeard: boolean;
}

/** Somebody pressed the button: whoever is dead now is silent until the next day. */
export function newOwnSilence(nowMs: number, wallMs: number): OwnSilence {
  const untilMs = nowMs + SILENCE_MS_MAX;
  return { sinceMs: nowMs, untilMs, sinceWallMs: Math.round(wallMs), isHeard: false };
}

/** It is still to be said: nobody heard it yet. */
export function isUnsaid(own: OwnSilence | undefined, nowMs: number): own is OwnSilence {
  return own !== undefined && !own.isHeard && nowMs < own.untilMs;
}

/** How it is said now: however late that is, who died after the button was pressed is not silenced. */
export function sayOwn(
  own: OwnSilence,
  { nowMs, self }: { readonly nowMs: number; readonly self: string | undefined },
): AlarmSilence {
  const wallMs = (ms: number) => own.sinceWallMs + Math.round(ms - own.sinceMs);
  return {
    node: self,
    atMs: wallMs(nowMs),
    silencedUntilMs: wallMs(own.untilMs),
    sinceMs: own.sinceWallMs,
    planned: undefined,
  };
}

/** Whether a message is our own that came back, now or out of the broker's memory. */
export function isOwn(own: OwnSilence, message: AlarmMessage): boolean {
  return message.source === "press" && message.planned === undefined &&
    message.sinceMs === own.sinceWallMs;
}

/** What is silenced with it, in place of an earlier press; what the hub said stays. */
export function withOwn(silence: Silence, { sinceMs, untilMs }: OwnSilence): Silence {
  return { ...silence, press: { sinceMs, untilMs } };
}
