/** One of several brokers that the hub listens to, as page and API show it. */

import type { Blindness } from "../detection/blindness.ts";

export interface BrokerView {
  /** `hub.local:1883`. */
  readonly broker: string;
  /** Whether the hub sees the cluster through it. */
  readonly sees: boolean;
  /** Since when it does not; `null` while it does, or if it never did. RFC 3339. */
  readonly since: string | null;
  /** Why it does not, as a code; `null` while it does. */
  readonly code: Blindness | null;
}
