/** What the hub refused: counted for `/metrics`, logged by address or by node. */

import { type RefusalReason, RefusalReport } from "../core/refusal_report.ts";
import { getLog } from "../io/log.ts";

const log = getLog("hub");

const TEXTS: Readonly<Record<RefusalReason, string>> = {
  half_open: "ended connections that never said who they are, for there were too many",
  connections: "refused connections, for as many are open as the hub takes",
  no_files: "ended connections that never said who they are, for no more files can be opened",
  broker_login: "refused logins to the broker: wrong user name or password",
  page_login: "refused logins to the page: wrong password",
  sessions: "refused connections, for their credential has as many as it may have",
  rate: "left out messages, for their credential publishes more than it may",
  forbidden: "refused to publish or to subscribe where the credential may not",
  viewers: "refused viewers, for no place to watch was free",
  feed_input: "ended viewers that sent something, for the feed goes one way",
  slow_request: "ended connections whose request took too long to arrive",
};

export class Refusals {
  readonly #report = new RefusalReport();
  readonly #counts = new Map<RefusalReason, number>();

  /** Since the hub started. */
  get counts(): ReadonlyMap<RefusalReason, number> {
    return this.#counts;
  }

  /** `address`: where it came from, or the node whose credential was used. */
  note(reason: RefusalReason, address: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    const sum = this.#report.note(reason, address, performance.now());
    if (sum === undefined) return;
    const addresses = sum.addresses.map(([from, count]) => `${from} (${count})`).join(", ");
    log.warning(TEXTS[reason], { count: sum.count, addresses });
  }
}
