/** Lengths of time as people read them. */

const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** A length of time by its two largest units: `14 s`, `5 min 3 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS));
  if (seconds >= DAY_S) return units(seconds, [DAY_S, "d"], [HOUR_S, "h"]);
  if (seconds >= HOUR_S) return units(seconds, [HOUR_S, "h"], [MINUTE_S, "min"]);
  if (seconds >= MINUTE_S) return units(seconds, [MINUTE_S, "min"], [1, "s"]);
  return `${seconds} s`;
}

type Unit = readonly [seconds: number, label: string];

function units(seconds: number, [large, largeLabel]: Unit, [small, smallLabel]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeLabel}`;
  return rest === 0 ? first : `${first} ${rest} ${smallLabel}`;
}
