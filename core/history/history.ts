/** The API's views of the past of nodes. Instants are RFC 3339 in UTC. */

import type { Liveness } from "../detection/liveness.ts";
import type { Reason } from "../detection/node_state.ts";

/** The time spans for which availability can be requested. */
export const AVAILABILITY_SPANS_MS = {
  "24h": 24 * 3_600_000,
  "30d": 30 * 24 * 3_600_000,
  "90d": 90 * 24 * 3_600_000,
} as const;

export type AvailabilitySpan = keyof typeof AVAILABILITY_SPANS_MS;

/** The time spans for which vitals can be requested. */
export const VITALS_SPANS_MS = {
  "1h": 3_600_000,
  "24h": 24 * 3_600_000,
  "7d": 7 * 24 * 3_600_000,
  "30d": 30 * 24 * 3_600_000,
} as const;

export type VitalsSpan = keyof typeof VITALS_SPANS_MS;

/**
 * The state of a node for a while. `unknown`: it was not heard yet, or the hub did not run or was
 * blind.
 */
export type AvailabilityState = "up" | "late" | "down" | "stopped" | "unknown";

export interface AvailabilitySegmentView {
  readonly from: string;
  readonly to: string;
  readonly state: AvailabilityState;
}

export interface NodeAvailabilityView {
  /**
   * The percentage of up and late, of the time in which it is known that the node should have run;
   * `null`: there is no such time.
   */
  readonly percent: number | null;
  /** Oldest first, without gaps, for the whole span. */
  readonly segments: readonly AvailabilitySegmentView[];
}

export interface AvailabilityView {
  readonly span: AvailabilitySpan;
  readonly from: string;
  readonly to: string;
  /** By id. */
  readonly nodes: Readonly<Record<string, NodeAvailabilityView>>;
}

/** Why a node changed its state, as in the log; `removed`: it was no longer watched. */
export type TransitionReason = Reason | "removed";

export interface TransitionView {
  readonly at: string;
  readonly from: Liveness;
  readonly to: Liveness;
  readonly reason: TransitionReason;
}

/** Seconds since 1970 and the mean around that time; `null` marks a time without readings. */
export type VitalPoint = readonly [atS: number, value: number | null];

export interface VitalsHistoryView {
  readonly span: VitalsSpan;
  readonly from: string;
  readonly to: string;
  /** By the vital's name, oldest first. A flag is 0 or 1, and its mean is the share of time. */
  readonly kinds: Readonly<Record<string, readonly VitalPoint[]>>;
}
