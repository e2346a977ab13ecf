/** Converts the end of a stored time span to this run's monotonic clock. */

import { type Clock, monotonicMs } from "../../io/time/clock.ts";
import type { StoredSpan } from "./span_rows.ts";

/** At `nowMs`. A wall clock that is slow, as when a Pi boots, does not extend the span. */
export function spanEndMs({ sinceMs, untilMs }: StoredSpan, clock: Clock, nowMs: number): number {
  return Math.min(monotonicMs(clock, untilMs), nowMs + untilMs - sinceMs);
}
