/**
 * The silence that this Pi's button began. It applies at once, and is published until it comes
 * back.
 */

import type { AlarmMessage, AlarmSilence } from "../protocol/wire.ts";
import { type Silence, SILENCE_MS_MAX } from "./silence.ts";

/** Instants are monotonic. */
export interface OwnSilence {
  readonly sinceMs: number;
  readonly untilMs: number;
  /**
   * The wall clock at `sinceMs`, in whole milliseconds. It identifies the message when it comes
   * back.
   */
  readonly sinceWallMs: number;
  /** The message came back through the broker, so the other trackers have it, too. */
  hasReturned: boolean;
}

/** The button was pressed: the nodes that are dead now are silent until the next day. */
export function newOwnSilence(nowMs: number, wallMs: number): OwnSilence {
  const untilMs = nowMs + SILENCE_MS_MAX;
  return { sinceMs: nowMs, untilMs, sinceWallMs: Math.round(wallMs), hasReturned: false };
}

/** Whether it must still be published, because it did not come back yet. */
export function isUnpublished(own: OwnSilence | undefined, nowMs: number): own is OwnSilence {
  return own !== undefined && !own.hasReturned && nowMs < own.untilMs;
}

/**
 * The message as it is published now. Nodes that died after the press are not silenced, even if it
 * is published late.
 */
export function ownSilenceMessage(
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

/** Whether a message is our own that came back, live or retained. */
export function isOwn(own: OwnSilence, message: AlarmMessage): boolean {
  return message.source === "press" && message.planned === undefined &&
    message.sinceMs === own.sinceWallMs;
}

/** Replaces the silence of an earlier press. Silences from the hub stay. */
export function withOwn(silence: Silence, { sinceMs, untilMs }: OwnSilence): Silence {
  return { ...silence, press: { sinceMs, untilMs } };
}
