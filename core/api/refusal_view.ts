/** Refused clients as the API and the feed show them. */

import type { RefusalReason } from "../limits/refusal_report.ts";

export type { RefusalReason };

/** A client that is refused. Instants are RFC 3339. */
export interface RefusalView {
  readonly reason: RefusalReason;
  /**
   * An IPv4 address, an IPv6 network such as `2001:db8:1:2::/64`, or the node whose credential was
   * used. `null`: the sum of many clients, none of which is refused often.
   */
  readonly from: string | null;
  readonly count: number;
  readonly since: string;
  readonly last: string;
}

/** The maximum number of refused clients that are shown. */
export const REFUSED_MAX = 20;
