/** The parts of the hub that tell the watcher outside of the house how it is. */

import type { Config } from "../core/config/settings.ts";
import type { ClusterState } from "../core/detection/cluster_state.ts";
import type { Clock } from "../io/time/clock.ts";
import type { NotificationHealth } from "./delivery/notification_health.ts";
import type { Feed } from "./live/feed.ts";
import type { Projection } from "./live/projection.ts";
import type { Store } from "./store/store.ts";
import { OwnWork } from "./watchdog/own_work.ts";
import { type Watchdog, watchdogOf } from "./watchdog/watchdog.ts";

export interface WatchdogPartsOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly cluster: ClusterState;
  readonly store: Store;
  readonly health: NotificationHealth;
  readonly projection: Projection;
  readonly feed: Feed;
}

export interface WatchdogParts {
  readonly ownWork: OwnWork;
  /** `undefined`: none is configured. */
  readonly watchdog: Watchdog | undefined;
}

/** The watchdog, and its state on the page. It does not run yet. */
export function newWatchdogParts(options: WatchdogPartsOptions): WatchdogParts {
  const { config, clock, cluster, store, health, projection, feed } = options;
  const ownWork = new OwnWork({ clock, cluster, store, notification: () => health.view.state });
  const watchdog = watchdogOf(config, {
    clock,
    observe: (nowMs) => ownWork.faults(nowMs),
    onChange: () => feed.viewChanged("watchdog"),
  });
  projection.askWatchdog(() => watchdog?.view);
  return { ownWork, watchdog };
}
