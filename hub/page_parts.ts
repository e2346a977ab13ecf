/** The parts of the hub that serve page and API. */

import type { MonitorInput } from "../core/alerting/policy/monitor.ts";
import type { BackupView } from "../core/api/backup_view.ts";
import type { Config } from "../core/config/settings.ts";
import { pageBudget } from "../core/limits/connection_budget.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import { getLog } from "../io/log/log.ts";
import type { Observations } from "../io/mqtt/observations.ts";
import { HubActions } from "./actions/cluster_actions.ts";
import { NodeActions } from "./actions/node_actions.ts";
import type { HubAlarm } from "./alarm/alarm.ts";
import type { Credentials } from "./credentials/credentials.ts";
import { type Notification, targetsOf } from "./delivery/channels.ts";
import { TestActions } from "./delivery/test_actions.ts";
import type { DeliveryParts } from "./delivery_parts.ts";
import { createApp } from "./front/app.ts";
import { serveLocally } from "./front/local_server.ts";
import { servePage } from "./front/page_server.ts";
import { Availability } from "./history/availability.ts";
import type { VitalsHistory } from "./history/vitals_history.ts";
import { pagePasswordFile } from "./host/state_folder.ts";
import type { WallClock } from "./host/wall_clock.ts";
import { Access, isGuessable } from "./http/access.ts";
import { Sessions } from "./http/login_sessions.ts";
import { BY_OWN_SOCKET } from "./http/own_socket.ts";
import { JoinOffers } from "./join/join_offers.ts";
import { Joins } from "./join/joins.ts";
import type { Feed } from "./live/feed.ts";
import { GivenLinks } from "./live/given_links.ts";
import type { Metrics } from "./live/metrics.ts";
import type { Projection } from "./live/projection.ts";
import type { Refusals } from "./live/refusals.ts";
import type { Store } from "./store/store.ts";
import type { HubTls } from "./tls/hub_tls.ts";
import type { UpdateParts } from "./update_parts.ts";

export interface PagePartsOptions {
  readonly config: Config;
  /** Disposes the page's parts. */
  readonly parts: AsyncDisposableStack;
  readonly pageFolder: string;
  readonly password: string;
  readonly openFilesMax: number | undefined;
  readonly stop: AbortSignal;
  readonly act: (input: MonitorInput) => Promise<ReadonlySet<number>>;
  readonly alarm: HubAlarm;
  readonly backup: () => BackupView | null;
  readonly clock: WallClock;
  readonly credentials: Credentials;
  readonly delivery: DeliveryParts;
  readonly feed: Feed;
  readonly metrics: Metrics;
  readonly notification: Notification;
  readonly observation: Observations;
  readonly projection: Projection;
  readonly refusals: Refusals;
  readonly store: Store;
  readonly tls: HubTls;
  readonly updates: UpdateParts;
  readonly vitals: VitalsHistory;
}

const log = getLog("hub");

/** Starts the servers of page and API. Throws a `UserError` when one cannot listen. */
export function startPage(options: PagePartsOptions): void {
  const { config, parts, feed, refusals, tls } = options;
  const { listen, trustedProxies } = config.hub;
  const app = newApp(options);
  parts.use(servePage({
    ...(tls.plain.page === "no" ? {} : { listen }),
    ...(tls.page === undefined ? {} : { tls: tls.page }),
    budget: pageBudget(options.openFilesMax, { hasTls: tls.page !== undefined }),
    handler: app.fetch,
    trustedProxies,
    onRefused: (reason, address) => refusals.note(reason, address),
  }));
  // The feed ends before the page, so that browsers learn that the hub stops.
  parts.defer(() => feed[Symbol.dispose]());
  const local = serveLocally(config, (request) => app.fetch(request, BY_OWN_SOCKET));
  // Its socket may be on the disk, and its removal would hang. The next run removes it.
  parts.defer(() => options.store.answers ? local[Symbol.asyncDispose]() : undefined);
}

/** Logs where the page's password is, or that it is weak. */
export function logPassword(config: Config): void {
  const { password } = config.hub;
  if (password === undefined) {
    log.info("the page's password is in a file", { file: pagePasswordFile(config) });
  } else if (isGuessable(password)) {
    log.warning("the page's password is short, so anybody who reaches the page may guess it", {
      better: "20 characters or more, or none of your own",
    });
  }
}

function newApp(options: PagePartsOptions): ReturnType<typeof createApp> {
  const { config, parts, password, act, alarm, clock, credentials, stop, store } = options;
  const { feed, metrics, projection, refusals, tls, vitals, pageFolder } = options;
  const { publicStatus, names, listen, trustedProxies } = config.hub;
  const actions = new HubActions({ alarm, clock, act });
  const links = new GivenLinks(store);
  projection.askLinks((node) => links.of(node));
  const sessions = parts.use(new Sessions(store, clock, password));
  const { identity } = tls;
  const nodeActions = new NodeActions({ config, credentials, store, links, feed, act, identity });
  const joins = parts.use(new Joins({ clock, onChange: () => feed.viewChanged("joins") }));
  projection.askJoins(() => joins.views());
  // Whoever has the script could have the next credential, too.
  credentials.watch(stop, (event) => {
    if (event.kind === "changed") { for (const node of event.gone) joins.endFor(node); }
  });
  const { packages, signingKey, upgrades } = options.updates;
  const canSign = signingKey !== undefined;
  return createApp({
    access: new Access({ password, sessions, clock, refusals }),
    actions,
    backup: options.backup,
    availability: new Availability(store, projection, clock),
    testActions: newTestActions(options),
    feed,
    metrics,
    joinOffers: new JoinOffers({ config, joins, nodeActions, packages, identity, canSign }),
    joins,
    packages,
    nodeActions,
    projection,
    refusals,
    store,
    vitals,
    credentials,
    signingKey,
    upgrades,
    identity,
    plain: tls.plain.page,
    pageFolder,
    publicStatus,
    names: new Set([...names, listen.hostname, Deno.hostname().toLowerCase()]),
    trustedProxies,
  });
}

function newTestActions(options: PagePartsOptions): TestActions {
  const { config, clock, stop, notification, observation, delivery } = options;
  const topic = topicsOf(config.mqtt.topicRoot).alarmTest;
  return new TestActions({
    targets: targetsOf(notification),
    clock,
    stop,
    publish: (payload) => observation.publish({ topic, payload, qos: 0, retain: false }),
    onDelivery(channel, result) {
      delivery.outbox.note(channel, result);
      delivery.health.noteTest(channel, result);
    },
  });
}
