/** Durations as people read them. */

import { text } from "../texts/texts.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below this the number would only flicker, because heartbeats come every second. */
const JUST_NOW_MS = 2 * SECOND_MS;

/** A duration in its two largest units: `14 s`, `3 min 5 s`, `2 h 14 min`, `4 d 3 h`. */
export function lengthText(lengthMs: number): string {
  const ms = Math.max(0, lengthMs);
  if (ms < MINUTE_MS) return text("time.seconds", { count: Math.floor(ms / SECOND_MS) });
  if (ms < HOUR_MS) {
    return pair(ms, {
      unitMs: MINUTE_MS,
      unit: "time.minutes",
      restMs: SECOND_MS,
      rest: "time.seconds",
    });
  }
  if (ms < DAY_MS) {
    return pair(ms, {
      unitMs: HOUR_MS,
      unit: "time.hours",
      restMs: MINUTE_MS,
      rest: "time.minutes",
    });
  }
  return pair(ms, { unitMs: DAY_MS, unit: "time.days", restMs: HOUR_MS, rest: "time.hours" });
}

/** How long ago something was: `just now`, `14 s ago`, `3 min 5 s ago`. */
export function agoText(ageMs: number): string {
  return ageMs < JUST_NOW_MS
    ? text("time.justNow")
    : text("time.ago", { length: lengthText(ageMs) });
}

type UnitKey = "time.seconds" | "time.minutes" | "time.hours" | "time.days";

interface Units {
  readonly unitMs: number;
  readonly unit: UnitKey;
  readonly restMs: number;
  readonly rest: UnitKey;
}

function pair(ms: number, units: Units): string {
  const whole = Math.floor(ms / units.unitMs);
  const rest = Math.floor((ms % units.unitMs) / units.restMs);
  const wholeText = text(units.unit, { count: whole });
  return rest === 0 ? wholeText : `${wholeText} ${text(units.rest, { count: rest })}`;
}
