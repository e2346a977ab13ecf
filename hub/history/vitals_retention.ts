/** How long vitals are kept, and removes what is older, a little at a time. */

import type { Store } from "../store/store.ts";
import { DAY_S, HOUR_S } from "./vitals_roll_up.ts";

/** As they were heard, as means of minutes, and as means of hours. */
const HEARD_KEPT_S = DAY_S;
const MINUTES_KEPT_S = 7 * DAY_S;
const HOURS_KEPT_S = 365 * DAY_S;
/** Vitals of so long a time are removed at once; more often would cost more writing. */
const REMOVED_S = HOUR_S;

/**
 * In the caller's transaction, at any calendar time. `untilS` is until when means are made: what is
 * younger is kept. Returns whether there may be more to remove.
 */
export function removeSomeVitals(
  { vitals, means }: Pick<Store, "vitals" | "means">,
  nowS: number,
  untilS: number,
): boolean {
  const oldS = Math.min(nowS - HEARD_KEPT_S, untilS);
  const oldestS = vitals.next(0) ?? nowS;
  if (oldestS + REMOVED_S <= oldS) return vitals.removeSomeBefore(oldestS + REMOVED_S);
  // Rows are of whole hours and whole days: some of the last one is still to be kept.
  return means.removeSomeBefore("vitals_minutes", nowS - MINUTES_KEPT_S - HOUR_S) ||
    means.removeSomeBefore("vitals_hours", nowS - HOURS_KEPT_S - DAY_S);
}
