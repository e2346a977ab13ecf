/** Lengths of time as people read them. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below this, a heartbeat each second makes a number that only flickers. */
const JUST_NOW_MS = 2 * SECOND_MS;

/** A length of time in its two largest units: `14 s`, `3 min 5 s`, `2 h 14 min`, `4 d 3 h`. */
export function lengthText(lengthMs: number): string {
  const ms = Math.max(0, lengthMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) {
    return pair(ms, { unitMs: MINUTE_MS, unit: "min", restMs: SECOND_MS, rest: "s" });
  }
  if (ms < DAY_MS) return pair(ms, { unitMs: HOUR_MS, unit: "h", restMs: MINUTE_MS, rest: "min" });
  return pair(ms, { unitMs: DAY_MS, unit: "d", restMs: HOUR_MS, rest: "h" });
}

/** How long ago something was: `just now`, `14 s ago`, `3 min 5 s ago`. */
export function agoText(ageMs: number): string {
  return ageMs < JUST_NOW_MS ? "just now" : `${lengthText(ageMs)} ago`;
}

interface Units {
  readonly unitMs: number;
  readonly unit: string;
  readonly restMs: number;
  readonly rest: string;
}

function pair(ms: number, units: Units): string {
  const whole = Math.floor(ms / units.unitMs);
  const rest = Math.floor((ms % units.unitMs) / units.restMs);
  return rest === 0 ? `${whole} ${units.unit}` : `${whole} ${units.unit} ${rest} ${units.rest}`;
}
