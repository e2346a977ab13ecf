/** How the hub is, in one line for `systemctl status`. */

import { lastMessageText, missingBrokers, observerLine } from "../core/api/service_line.ts";
import type { MonitorState } from "../core/alerting/policy/monitor_state.ts";
import type { Clock } from "../io/time/clock.ts";
import { clockText } from "./host/clock_text.ts";
import type { Projection } from "./live/projection.ts";
import type { Store } from "./store/store.ts";

export interface StatusLineParts {
  readonly clock: Clock;
  readonly projection: Pick<Projection, "notification">;
  readonly store: Pick<Store, "outbox">;
  /** The names of the hub's brokers, in the order of the configuration. */
  readonly brokers: readonly string[];
}

/** The machine changes its state in place, so this is how it is now. */
export function hubStatusLine(
  { cluster }: Pick<MonitorState, "cluster">,
  { clock, projection, store, brokers }: StatusLineParts,
): string {
  const missing = missingBrokers(cluster, brokers);
  if (projection.notification.state !== "works") {
    return observerLine(cluster, ...missing, "nobody is notified");
  }
  const last = store.outbox.lastSent();
  return observerLine(
    cluster,
    ...missing,
    lastMessageText(last && { ...last, time: timeOf(last.atMs, clock) }),
  );
}

function timeOf(wallMs: number, clock: Clock): string {
  return clockText(wallMs, clock.wallMs(clock.nowMs()));
}
