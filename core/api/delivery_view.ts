/** A notification as the API and the feed show it. */

import type { ProviderFailure, ProviderFailureCode } from "../alerting/provider_failure.ts";

export type { ProviderFailure, ProviderFailureCode };

/** The state of a notification. */
export type DeliveryState =
  | "pending"
  /** The provider accepted it. */
  | "accepted"
  /** The provider reports that it reached the phone. */
  | "delivered"
  /** The provider refused it, or could not deliver it. */
  | "refused"
  /** The provider never reported whether it arrived. */
  | "expired"
  /** It was merged into an older message. */
  | "merged";

/** A notification to one recipient. */
export interface DeliveryView {
  readonly id: number;
  readonly incident_ids: readonly number[];
  readonly channel: string;
  readonly recipient: string;
  readonly text: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** In English, for programs that show it; the page makes its own of `failure`. */
  readonly last_error: string | null;
  readonly failure: ProviderFailure | null;
  readonly reference: string | null;
  readonly created_at: string;
}
