/** Defines how long vitals are kept, and removes older ones, a few at a time. */

import type { Store } from "../store/store.ts";
import { DAY_S, HOUR_S } from "./vitals_roll_up.ts";

/** How long original vitals, means of minutes, and means of hours are kept. */
const HEARD_KEPT_S = DAY_S;
const MINUTES_KEPT_S = 7 * DAY_S;
const HOURS_KEPT_S = 365 * DAY_S;
/** The vitals of this much time are removed together, because smaller steps cost more writing. */
const REMOVED_S = HOUR_S;

/**
 * Removes some vitals in the caller's transaction, at any wall-clock time. Means exist until
 * `untilS`; younger vitals are kept. Returns whether there may be more to remove.
 */
export function removeSomeVitals(
  { vitals, means }: Pick<Store, "vitals" | "means">,
  nowS: number,
  untilS: number,
): boolean {
  const oldS = Math.min(nowS - HEARD_KEPT_S, untilS);
  const oldestS = vitals.next(0) ?? nowS;
  if (oldestS + REMOVED_S <= oldS) return vitals.removeSomeBefore(oldestS + REMOVED_S);
  // A row covers a whole hour or day, so a part of the last row must still be kept.
  return means.removeSomeBefore("vitals_minutes", nowS - MINUTES_KEPT_S - HOUR_S) ||
    means.removeSomeBefore("vitals_hours", nowS - HOURS_KEPT_S - DAY_S);
}
