/** The parts of the hub that deliver messages. */

import type { MonitorInput } from "../core/alerting/policy/monitor.ts";
import type { Config } from "../core/config/settings.ts";
import type { Inbox } from "../io/drive.ts";
import { getLog } from "../io/log/log.ts";
import type { Notification } from "./delivery/channels.ts";
import { NotificationHealth } from "./delivery/notification_health.ts";
import { Outbox } from "./delivery/outbox.ts";
import { SelfTest } from "./delivery/self_test.ts";
import type { WallClock } from "./host/wall_clock.ts";
import type { Feed } from "./live/feed.ts";
import type { Projection } from "./live/projection.ts";
import type { Store } from "./store/store.ts";

export interface DeliveryPartsOptions {
  readonly config: Config;
  readonly notification: Notification;
  readonly store: Store;
  readonly clock: WallClock;
  readonly inbox: Inbox<MonitorInput>;
  readonly projection: Projection;
  readonly feed: Feed;
}

export interface DeliveryParts {
  readonly outbox: Outbox;
  readonly health: NotificationHealth;
}

const log = getLog("hub");

/** The outbox and the health of its channels. Neither runs yet. */
export function newDelivery(options: DeliveryPartsOptions): DeliveryParts {
  const { config: { alerts }, notification, store, clock, inbox, projection, feed } = options;
  const { channels, recipients } = notification;
  const health = new NotificationHealth({
    channels,
    isInOrder: alerts.send === "in_order",
    store,
    clock,
    onChange(view) {
      projection.showNotification(view);
      feed.viewChanged("notification");
    },
  });
  const outbox = new Outbox({
    store,
    channels,
    wallClock: clock,
    next: recipients.next,
    downAfterMs: alerts.blindAfterMs,
    onProviderHealth(report) {
      inbox.put(report);
      health.noteProvider(report);
    },
    onChange(row) {
      feed.historyChanged(row.incidentIds, [row.id]);
      health.look();
      const line = { id: row.id, state: row.state, attempts: row.attempts };
      if (row.lastError === undefined) log.info("message", line);
      else log.warning("message", { ...line, reason: row.lastError });
    },
  });
  return { outbox, health };
}

/** The weekly test of all routes, if it is configured. It does not run yet. */
export function newSelfTest(options: DeliveryPartsOptions, outbox: Outbox): SelfTest | undefined {
  const { config: { alerts }, notification, store, clock, projection, feed } = options;
  const { routes, recipients } = notification;
  const { selfTest: time } = alerts;
  return time && new SelfTest({
    time,
    routes: routes.filter((route) => !route.skipsAcknowledged),
    recipients,
    store,
    projection,
    clock,
    onEnqueued(messages) {
      feed.historyChanged([], messages);
      outbox.wake();
    },
  });
}
