/** The time spans for which availability is shown. */

import type { AvailabilitySpan } from "../../core/history/history.ts";

export const SPANS: readonly AvailabilitySpan[] = ["24h", "30d", "90d"];
