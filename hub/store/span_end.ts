/** When something that was to last for a while ends, on this run's monotonic clock. */

import { type Clock, monotonicMs } from "../../io/time/clock.ts";
import type { StoredSpan } from "./span_rows.ts";

/** At `nowMs`: a calendar that is behind, as at a Pi's boot, makes nothing longer than it was meant. */
export function spanEndMs({ sinceMs, untilMs }: StoredSpan, clock: Clock, nowMs: number): number {
  return Math.min(monotonicMs(clock, untilMs), nowMs + untilMs - sinceMs);
}
