/** How the hub is, in one line for `systemctl status`. */

import { lastMessageText, observerLine } from "../core/api/service_line.ts";
import type { MonitorState } from "../core/alerting/policy/monitor_state.ts";
import type { Clock } from "../io/time/clock.ts";
import { clockText } from "./host/clock_text.ts";
import type { Projection } from "./live/projection.ts";
import type { Store } from "./store/store.ts";

export interface StatusLineParts {
  readonly clock: Clock;
  readonly projection: Pick<Projection, "notification">;
  readonly store: Pick<Store, "outbox">;
}

/** The machine changes its state in place, so this is how it is now. */
export function hubStatusLine(
  { cluster }: Pick<MonitorState, "cluster">,
  { clock, projection, store }: StatusLineParts,
): string {
  if (projection.notification.state !== "works") {
    return observerLine(cluster, "nobody is notified");
  }
  const last = store.outbox.lastSent();
  return observerLine(
    cluster,
    lastMessageText(last && { ...last, time: timeOf(last.atMs, clock) }),
  );
}

function timeOf(wallMs: number, clock: Clock): string {
  return clockText(wallMs, clock.wallMs(clock.nowMs()));
}
