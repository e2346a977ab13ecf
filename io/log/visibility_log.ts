/** When an observer is blind and when it sees, as lines of the log. */

import type { Visibility } from "../../core/detection/cluster_state.ts";
import { HourlyLimit } from "../../core/structures/hourly_limit.ts";
import { systemClock } from "../time/clock.ts";
import type { Log } from "./log.ts";
import type { LogProperties } from "./log_line.ts";

/**
 * Of connections that are lost within an hour so many are told here; what becomes of the connection is
 * told by its own lines.
 */
const LOST_SHOWN_MAX = 3;

/** One observer's. */
export class VisibilityLog {
  readonly #lost = new HourlyLimit(LOST_SHOWN_MAX);
  #isHidden = false;

  take(log: Log, sight: Visibility): void {
    if (sight.blind) return this.#blind(log, sight);
    if (!this.#isHidden) log.info("sees the cluster", visibilityLine(sight));
    this.#isHidden = false;
  }

  #blind(log: Log, { reason }: Visibility): void {
    this.#isHidden = false;
    if (reason === "no_connection") {
      const { isReported, hidden } = this.#lost.count(systemClock.nowMs());
      if (hidden > 0) log.warning("blind again and again", { times_in_an_hour: hidden, reason });
      this.#isHidden = !isReported;
      if (!isReported) return;
    }
    log.warning("blind: no verdicts until sight is back", { reason });
  }
}

/** From when to when the observer was blind; the first sight of a run ends no blindness. */
function visibilityLine({ atMs, sinceMs }: Visibility): LogProperties {
  if (sinceMs === undefined) return {};
  const time = (ms: number) => new Date(systemClock.wallMs(ms)).toISOString();
  return { blind_from: time(sinceMs), blind_to: time(atMs) };
}
