/** Logs when an observer loses and regains visibility of the cluster. */

import type { VisibilityChange } from "../../core/detection/cluster_state.ts";
import { HourlyLimit } from "../../core/structures/hourly_limit.ts";
import { systemClock } from "../time/clock.ts";
import type { Log } from "./log.ts";
import type { LogProperties } from "./log_line.ts";

/**
 * How many lost connections per hour appear here. The connection's own log lines have the details.
 */
const LOST_SHOWN_MAX = 3;

/** The log of one observer. */
export class VisibilityLog {
  readonly #lost = new HourlyLimit(LOST_SHOWN_MAX);
  #isHidden = false;

  take(log: Log, visibility: VisibilityChange): void {
    if (visibility.blind) return this.#blind(log, visibility);
    if (!this.#isHidden) log.info("sees the cluster", visibilityLine(visibility));
    this.#isHidden = false;
  }

  #blind(log: Log, { reason }: VisibilityChange): void {
    this.#isHidden = false;
    if (reason === "no_connection") {
      const { isReported, hidden } = this.#lost.count(systemClock.nowMs());
      if (hidden > 0) {
        log.warning("lost visibility repeatedly", { times_in_an_hour: hidden, reason });
      }
      this.#isHidden = !isReported;
      if (!isReported) return;
    }
    log.warning("blind: no verdicts until the cluster is visible again", { reason });
  }
}

/** The period without visibility. The first visibility of a run ends no such period. */
function visibilityLine({ atMs, sinceMs }: VisibilityChange): LogProperties {
  if (sinceMs === undefined) return {};
  const time = (ms: number) => new Date(systemClock.wallMs(ms)).toISOString();
  return { blind_from: time(sinceMs), blind_to: time(atMs) };
}
