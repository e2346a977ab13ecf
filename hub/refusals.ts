/** Connections that the hub refused: counted for `/metrics`, logged by address. */

import { type RefusalReason, RefusalReport } from "../core/refusal_report.ts";
import { getLog } from "../io/log.ts";

const log = getLog("hub");

const TEXTS: Readonly<Record<RefusalReason, string>> = {
  half_open: "ended connections that never said who they are, for there were too many",
  connections: "refused connections, for as many are open as the hub takes",
  no_files: "ended connections that never said who they are, for no more files can be opened",
};

export class Refusals {
  readonly #report = new RefusalReport();
  readonly #counts = new Map<RefusalReason, number>();

  /** Since the hub started. */
  get counts(): ReadonlyMap<RefusalReason, number> {
    return this.#counts;
  }

  note(reason: RefusalReason, address: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    const sum = this.#report.note(reason, address, performance.now());
    if (sum === undefined) return;
    const addresses = sum.addresses.map(([from, count]) => `${from} (${count})`).join(", ");
    log.warning(TEXTS[reason], { count: sum.count, addresses });
  }
}
