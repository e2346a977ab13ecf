/** Hours of the day in which messages of a channel wait. They are not dropped. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Minutes since local midnight. A window whose end is before its beginning spans midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/**
 * The rest of the quiet window, in ms, at a time of day (ms since local midnight); 0 outside of it.
 */
export function quietForMs({ fromMinute, toMinute }: QuietHours, timeOfDayMs: number): number {
  const sinceBeginMs = wrapped(timeOfDayMs - fromMinute * MINUTE_MS);
  const lengthMs = wrapped((toMinute - fromMinute) * MINUTE_MS);
  return Math.max(0, lengthMs - sinceBeginMs);
}

function wrapped(ms: number): number {
  return ((ms % DAY_MS) + DAY_MS) % DAY_MS;
}
