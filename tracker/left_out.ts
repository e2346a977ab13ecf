/** Logs by node which messages the tracker dropped because a node publishes too many. */

import { RefusalReport } from "../core/limits/refusal_report.ts";
import { getLog } from "../io/log/log.ts";
import type { Clock } from "../io/time/clock.ts";

const log = getLog("tracker");

export class LeftOut {
  readonly #report = new RefusalReport();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `from` is the node, or the topic of buttons. */
  note(from: string): void {
    const sum = this.#report.note("rate", from, this.#clock.nowMs());
    if (sum === undefined) return;
    const nodes = sum.addresses.map(([node, count]) => `${node} (${count})`).join(", ");
    log.warning("left out messages of nodes that say more than is heard", {
      count: sum.count,
      nodes,
    });
  }
}
