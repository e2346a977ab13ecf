/** Composes the running hub from its parts, in the order of their dependencies. */

import { acknowledgedDeaths, conditionOf } from "../core/alerting/policy/condition.ts";
import { type MonitorInput, monitorMachine } from "../core/alerting/policy/monitor.ts";
import { newPolicy, type Rules } from "../core/alerting/policy/policy_state.ts";
import type { Route } from "../core/alerting/policy/route.ts";
import type { Config } from "../core/config/settings.ts";
import { newCluster } from "../core/detection/cluster_state.ts";
import { remoteNodes } from "../core/detection/network_watch.ts";
import { brokerBudget, pageBudget } from "../core/limits/connection_budget.ts";
import { encodeFarewell, topicsOf } from "../core/protocol/wire.ts";
import { systemBoot } from "../io/boot.ts";
import { drive, Inbox } from "../io/drive.ts";
import { confineFiles } from "../io/files/file_reach.ts";
import { getLog } from "../io/log/log.ts";
import { redact } from "../io/log/redaction.ts";
import { firstGraceMs } from "../io/mqtt/first_grace.ts";
import { OwnNetwork } from "../io/network/own_network.ts";
import { Systemd } from "../io/program/systemd.ts";
import { type Clock, systemClock } from "../io/time/clock.ts";
import { localTimeOfDayMs } from "../io/time/local_time.ts";
import { readBootId } from "../vitals/boot_id.ts";
import { leave } from "../vitals/leave.ts";
import { HubActions } from "./actions/cluster_actions.ts";
import { NodeActions } from "./actions/node_actions.ts";
import { HubAlarm } from "./alarm/alarm.ts";
import { AlarmView } from "./alarm/alarm_view.ts";
import { Trackers } from "./alarm/trackers.ts";
import { observe, openBroker } from "./broker/hub_connection.ts";
import { ClusterLoop } from "./cluster_loop.ts";
import { Credentials } from "./credentials/credentials.ts";
import { passwordFile } from "./credentials/enrol.ts";
import { notificationOf, targetsOf } from "./delivery/channels.ts";
import { NotificationHealth } from "./delivery/notification_health.ts";
import { Outbox } from "./delivery/outbox.ts";
import { providersOf } from "./delivery/providers.ts";
import { SelfTest } from "./delivery/self_test.ts";
import { TestActions } from "./delivery/test_actions.ts";
import { createApp } from "./front/app.ts";
import { serveLocally } from "./front/local_server.ts";
import { servePage } from "./front/page_server.ts";
import { Availability } from "./history/availability.ts";
import { Recorder } from "./history/recorder.ts";
import { RestoredState } from "./history/restore.ts";
import { VitalsHistory } from "./history/vitals_history.ts";
import { watchDisk } from "./host/disk_watch.ts";
import { hubReach } from "./host/file_reach.ts";
import { checkOpenFiles } from "./host/open_files.ts";
import {
  databaseFile,
  openStateFolder,
  pagePassword,
  pagePasswordFile,
} from "./host/state_folder.ts";
import { lockStateFolder } from "./host/state_lock.ts";
import { WallClock } from "./host/wall_clock.ts";
import { Access, isGuessable } from "./http/access.ts";
import { Sessions } from "./http/login_sessions.ts";
import { BY_OWN_SOCKET } from "./http/own_socket.ts";
import { knownNodes } from "./known_nodes.ts";
import { Feed } from "./live/feed.ts";
import { Metrics } from "./live/metrics.ts";
import { Projection } from "./live/projection.ts";
import { Refusals } from "./live/refusals.ts";
import { Store } from "./store/store.ts";
import { StoreKeeper } from "./store/store_keeper.ts";

/** The fact that holds how the last run ended. */
const ENDED_FACT = "ended";
const IN_ORDER = "in order";

const PAGE_FOLDER = new URL("../build/web", import.meta.url).pathname;

const log = getLog("hub");

/** Runs until `stop` aborts. Throws a `UserError` when the hub cannot start. */
export async function runHub(config: Config, stop: AbortSignal): Promise<void> {
  const { cluster: { nodes: named, groups: _, ...timing } } = config;
  openStateFolder(config);
  confineFiles(hubReach(config, PAGE_FOLDER));
  await using parts = new AsyncDisposableStack();
  parts.use(lockStateFolder(config));
  const password = pagePassword(config);
  redact(password);

  const systemd = parts.use(new Systemd());
  const store = parts.use(new Store(databaseFile(config)));
  const bootId = await readBootId();
  // All parts use this clock.
  const clock = parts.use(new WallClock({ clock: systemClock, boot: systemBoot(bootId), store }));
  const credentials = new Credentials(passwordFile(config));
  const refusals = new Refusals(clock);
  const openFilesMax = await checkOpenFiles();
  const budget = brokerBudget(openFilesMax);
  const mqtt = await openBroker(config, { budget, credentials, parts, refusals, stop });
  const notification = notificationOf(config);
  const { channels, routes, recipients } = notification;
  const recorder = new Recorder(store, recipients, clock);
  const projection = new Projection(clock, config.cluster.groups);
  projection.askRefused(() => refusals.active());
  const feed = parts.use(new Feed(projection, store, clock));
  const metrics = new Metrics(projection, store, refusals);

  const inbox = new Inbox<MonitorInput>();
  watchCredentials(credentials, inbox, stop);
  const vitals = new VitalsHistory(store, clock);
  const health = new NotificationHealth({
    channels,
    isInOrder: config.alerts.send === "in_order",
    store,
    clock,
    onChange(view) {
      projection.showNotification(view);
      feed.notificationChanged();
    },
  });
  const outbox = new Outbox({
    store,
    channels,
    wallClock: clock,
    next: recipients.next,
    downAfterMs: config.alerts.blindAfterMs,
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

  const restored = new RestoredState(store, clock, routes);
  const known = knownNodes(restored.nodes(), named, store.names.all());
  for (const node of known) projection.update(node);
  const wasEndedInOrder = store.facts.get(ENDED_FACT) === IN_ORDER;
  store.facts.set(ENDED_FACT, "not yet");
  const rebootsFromMs = wasEndedInOrder ? clock.nowMs() : -Infinity;
  const rules = { ...rulesOf(config, routes, clock), rebootsFromMs };
  const grace = firstGraceMs();
  const observer = crypto.randomUUID();
  const network = { bootId, ownNode: config.node.id };
  const machine = monitorMachine({ timing, observer, firstGraceMs: grace, network }, rules);
  const ids = new Set(known.map(({ id }) => id));
  const start = { nowMs: clock.nowMs(), firstGraceMs: grace };
  const initial = {
    cluster: newCluster(known),
    policy: newPolicy(rules, restored.policy(ids), start),
  };
  const ownNetwork = parts.use(
    new OwnNetwork({
      clock,
      landmarks: config.cluster.landmarks,
      providers: providersOf(config),
      inbox,
      nodes: () => remoteNodes(initial.cluster, { network }),
    }),
  );
  const observation = parts.use(
    observe({ ...config, mqtt }, {
      inbox,
      isWatched: (id) => initial.cluster.nodes.has(id),
      metrics,
      observer,
      ownNetwork,
      refusals,
    }),
  );
  projection.askConditions((node) => conditionOf(initial.policy, node));
  const alarm = parts.use(
    new HubAlarm({
      store,
      clock,
      publish({ plan, copy }) {
        const { alarm, hubAlarm } = topicsOf(mqtt.topicRoot);
        const say = (topic: string, payload: string) =>
          void observation.link.publish({ topic, payload, qos: 1, retain: true });
        say(hubAlarm, plan);
        say(alarm, copy);
      },
      onChange() {
        alarmView.look();
        showAlarm();
      },
    }),
  );
  const trackers = parts.use(new Trackers({ clock, onChange: () => showAlarm() }));
  const showAlarm = () => {
    const { shows } = alarmView;
    projection.showAlarm({ trackers: trackers.nodes, shows, ...alarm.inForce() });
    feed.alarmChanged();
  };
  const alarmView = parts.use(
    new AlarmView({
      clock,
      rules: { holdMs: config.rpi.buzzerHoldMs, slowsFlapping: config.alerts.flapDeaths > 0 },
      silence: () => alarm.asTrackersSee(),
      onChange: showAlarm,
    }),
  );
  alarm.acknowledge(acknowledgedDeaths(initial.policy));
  showAlarm();
  const loop = new ClusterLoop({
    wallClock: clock,
    restored,
    topicRoot: mqtt.topicRoot,
    inbox,
    store,
    recorder,
    vitals,
    projection,
    feed,
    metrics,
    outbox,
    alarm,
    alarmView,
    trackers,
    observation,
    ownNetwork,
  });
  const actions = new HubActions({ alarm, clock, act: (input) => loop.act(input) });
  const sessions = parts.use(new Sessions(store, clock, password));
  const app = createApp({
    access: new Access({ password, sessions, clock, refusals }),
    actions,
    availability: new Availability(store, projection, clock),
    testActions: new TestActions({
      targets: targetsOf(notification),
      clock,
      stop,
      publish: (payload) => {
        const topic = topicsOf(mqtt.topicRoot).alarmTest;
        return observation.link.publish({ topic, payload, qos: 0, retain: false });
      },
      onDelivery(channel, delivery) {
        outbox.note(channel, delivery);
        health.noteTest(channel, delivery);
      },
    }),
    feed,
    metrics,
    nodeActions: new NodeActions({ config, credentials, store, act: (input) => loop.act(input) }),
    projection,
    refusals,
    store,
    vitals,
    pageFolder: PAGE_FOLDER,
    publicStatus: config.hub.publicStatus,
    names: new Set([
      ...config.hub.names,
      config.hub.listen.hostname,
      Deno.hostname().toLowerCase(),
    ]),
    trustedProxies: config.hub.trustedProxies,
  });
  parts.use(servePage({
    listen: config.hub.listen,
    budget: pageBudget(openFilesMax),
    handler: app.fetch,
    trustedProxies: config.hub.trustedProxies,
    onRefused: (reason, address) => refusals.note(reason, address),
  }));
  // The feed ends before the page, so that browsers learn that the hub stops.
  parts.defer(() => feed[Symbol.dispose]());
  parts.use(serveLocally(config, (request) => app.fetch(request, BY_OWN_SOCKET)));
  health.look();
  const { password: chosen } = config.hub;
  if (chosen === undefined) {
    log.info("the page's password is in a file", { file: pagePasswordFile(config) });
  } else if (isGuessable(chosen)) {
    log.warning("the page's password is short: whoever reaches the page may guess it", {
      better: "20 characters or more, or none of your own",
    });
  }

  const { selfTest: time } = config.alerts;
  const selfTest = time && new SelfTest({
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

  const onTurn = () => {
    const nowMs = clock.nowMs();
    if (!systemd.isDue(nowMs) || !observation.link.isTurning) return;
    askDatabase(store);
    systemd.works(nowMs);
  };
  const keeper = store.writeThrough && new StoreKeeper({
    database: store.writeThrough,
    clock,
    reportAfterMs: config.alerts.blindAfterMs,
    onFault: (fault) => inbox.put(fault),
  });

  const { writeThrough: database } = store;
  const path = databaseFile(config);

  clock.run();
  const leaving = leave("hub.service", stop);
  await Promise.all([
    keeper?.run(stop),
    database && watchDisk({ database, path, clock }, stop),
    loop.run(drive({ machine, initial, inbox, clock, stop, onTurn })),
    outbox.run(stop),
    selfTest?.run(stop),
  ]);
  loop.save();
  store.facts.set(ENDED_FACT, IN_ORDER);
  store.writeThrough?.catchUp();
  const { reason, restMs } = await leaving;
  const said = await observation.link.publish({
    topic: topicsOf(mqtt.topicRoot).hubStatus,
    payload: encodeFarewell(observation.observer, reason),
    qos: 1,
    retain: true,
  }, restMs);
  log.info(said ? "sent the farewell" : "could not send the farewell", { reason });
}

/**
 * Hangs when the database hangs, so that the watchdog notices. An error of the database is no
 * reason to kill the hub.
 */
function askDatabase(store: Store): void {
  try {
    store.facts.get(ENDED_FACT);
  } catch {
    // The users of the database report its errors.
  }
}

function rulesOf(
  { alerts, cluster }: Config,
  routes: readonly Route[],
  clock: Clock,
): Omit<Rules, "rebootsFromMs"> {
  const { groupMs, flapDeaths, flapWindowMs, blindAfterMs } = alerts;
  const timeOfDayMs = (nowMs: number) => localTimeOfDayMs(clock.wallMs(nowMs));
  const { groups } = cluster;
  return { groupMs, routes, flapDeaths, flapWindowMs, blindAfterMs, groups, timeOfDayMs };
}

/** A node without a credential is no longer watched, and nobody must be alerted about it. */
function watchCredentials(
  credentials: Credentials,
  inbox: Inbox<MonitorInput>,
  stop: AbortSignal,
): void {
  credentials.watch(stop, (event) => {
    if (event.kind === "unreadable") {
      return log.error("cannot read the password file", { reason: event.reason });
    }
    for (const node of event.users) {
      inbox.put({ kind: event.gone.has(node) ? "revoked" : "enrolled", node });
    }
  });
}
