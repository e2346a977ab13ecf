/** How the hub tells which share of the time nodes were there. */

export type AvailabilityState = "up" | "late" | "down" | "stopped" | "unknown";

/** From when to when (RFC 3339) a node was in one state. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly state: AvailabilityState;
}

export interface NodeAvailability {
  /** `null` when nothing is known. */
  readonly percent: number | null;
  readonly segments: readonly Segment[];
}

export type Span = "24h" | "30d" | "90d";
export const SPANS: readonly Span[] = ["24h", "30d", "90d"];

export interface AvailabilityAnswer {
  readonly span: Span;
  readonly from: string;
  readonly to: string;
  readonly nodes: Readonly<Record<string, NodeAvailability>>;
}
