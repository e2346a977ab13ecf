/** Times of `[cluster]` for hubs and trackers under test, in proportion to this machine. */

import { quick } from "../time/patience.ts";

/** Deaths come soon, but later than a busy machine stalls a process that sends heartbeats. */
export const QUICK_DEATHS = { suspect_after: quick(1500), dead_after: quick(3000) };

/** The defaults on a quiet machine. On a slow one an agent takes longer to start. */
export const DEFAULT_DEATHS = {
  suspect_after: quick(2000),
  dead_after: quick(4000),
  will_after: quick(3000),
};

/**
 * For deaths by last will and ends by farewell, which come as soon as by default. No heartbeat is so
 * late that it adds a change.
 */
export const NEVER_LATE = { suspect_after: quick(20_000), dead_after: quick(40_000) };
