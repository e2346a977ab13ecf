/** Composes the running hub from its parts, in the order of their dependencies. */

import { basename } from "node:path";
import { conditionOf } from "../core/alerting/policy/condition.ts";
import type { MonitorInput } from "../core/alerting/policy/monitor.ts";
import { brokerName } from "../core/config/brokers.ts";
import type { Config } from "../core/config/settings.ts";
import { unseenNodes } from "../core/detection/broker/unseen_nodes.ts";
import { brokerBudget } from "../core/limits/connection_budget.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import { encodeFarewell } from "../core/protocol/wire_encoding.ts";
import { systemBoot } from "../io/boot.ts";
import { drive, Inbox } from "../io/drive.ts";
import { confineFiles } from "../io/files/file_reach.ts";
import { getLog } from "../io/log/log.ts";
import { redact } from "../io/log/redaction.ts";
import type { Observations } from "../io/mqtt/observations.ts";
import { OwnNetwork } from "../io/network/own_network.ts";
import type { Run } from "../io/program/program.ts";
import { Systemd } from "../io/program/systemd.ts";
import { systemClock } from "../io/time/clock.ts";
import { readBootId } from "../vitals/boot_id.ts";
import { leave } from "../vitals/leave.ts";
import { startAlarm } from "./alarm_parts.ts";
import { backupsFolder } from "./backup/backups_folder.ts";
import { NightlyBackups } from "./backup/nightly.ts";
import { finishRestore } from "./backup/take_over.ts";
import { observe, openBrokers } from "./broker/hub_connection.ts";
import { watchUnseen } from "./broker/unseen_watch.ts";
import { LossWatch } from "./broker/loss_watch.ts";
import { CheckpointKeeper } from "./checkpoint/checkpoint_keeper.ts";
import { checkpointPlace } from "./checkpoint/checkpoint_place.ts";
import { restoreCheckpoint } from "./checkpoint/restore_checkpoint.ts";
import { ClusterLoop } from "./cluster_loop.ts";
import { Credentials } from "./credentials/credentials.ts";
import { passwordFile } from "./credentials/enrol.ts";
import { BrokerKeeper } from "./dynamic_security/broker_keeper.ts";
import { Acknowledgements } from "./delivery/acknowledgements.ts";
import { notificationOf } from "./delivery/channels.ts";
import { providersOf } from "./delivery/providers.ts";
import { newDelivery, newSelfTest } from "./delivery_parts.ts";
import { Recorder } from "./history/recorder.ts";
import { RestoredState } from "./history/restore.ts";
import { Upkeep } from "./history/upkeep.ts";
import { VitalsHistory } from "./history/vitals_history.ts";
import { watchDisk } from "./host/disk_watch.ts";
import { hubReach } from "./host/file_reach.ts";
import { checkOpenFiles } from "./host/open_files.ts";
import { databaseFile, openStateFolder, pagePassword } from "./host/state_folder.ts";
import { lockStateFolder } from "./host/state_lock.ts";
import { WallClock } from "./host/wall_clock.ts";
import { knownNodes } from "./known_nodes.ts";
import { beginRun, endRun, probeDatabase } from "./last_run.ts";
import { brokerViews } from "./live/broker_view.ts";
import { Feed } from "./live/feed.ts";
import { Metrics } from "./live/metrics.ts";
import { Projection } from "./live/projection.ts";
import { Refusals } from "./live/refusals.ts";
import { newMonitor } from "./new_monitor.ts";
import { logPassword, startPage } from "./page_parts.ts";
import { StoreKeeper } from "./store/store_keeper.ts";
import { hubStatusLine } from "./status_line.ts";
import { StoreParts } from "./store_parts.ts";
import { openTls } from "./tls/hub_tls.ts";
import { startUpdates } from "./update_parts.ts";
import { newWatchdogParts } from "./watchdog_parts.ts";

const PAGE_FOLDER = new URL("../build/web", import.meta.url).pathname;

const log = getLog("hub");

/** Runs until `stop` aborts. Throws a `UserError` when the hub cannot start. */
export async function runHub(
  { config, configPath, stop }: Pick<Run, "config" | "configPath" | "stop">,
): Promise<void> {
  openStateFolder(config);
  await using parts = new AsyncDisposableStack();
  const folderOfBackups = backupsFolder(config);
  const reach = hubReach(config, {
    pageFolder: PAGE_FOLDER,
    configPath,
    backupsFolder: folderOfBackups,
  });
  // The worker starts before the hub gives up access to the worker's module.
  const storeParts = await StoreParts.start(reach);
  confineFiles(reach);
  parts.use(lockStateFolder(config));
  finishRestore(config.hub.stateDir, basename(databaseFile(config)));
  restoreCheckpoint(config);
  const tls = await openTls(config, { clock: systemClock, parts });
  const inbox = new Inbox<MonitorInput>();
  const checkpoint = checkpointOf(config, inbox);
  // The stack runs this after the database is closed.
  parts.defer(() => checkpoint?.end());
  const password = pagePassword(config);
  redact(password);

  const systemd = parts.use(new Systemd());
  const store = storeParts.open(config, parts);
  const bootId = await readBootId();
  // All parts use this clock.
  const clock = parts.use(new WallClock({ clock: systemClock, boot: systemBoot(bootId), store }));
  await storeParts.handOver(store, parts);
  const credentials = new Credentials(passwordFile(config));
  const refusals = new Refusals(clock);
  const openFilesMax = await checkOpenFiles();
  const budget = brokerBudget(openFilesMax, { hasTls: tls.broker !== undefined });
  if (config.hub.broker === "none" && config.hub.mosquitto === "dynamic_security") {
    const keeper = new BrokerKeeper({ config, credentials, clock, stop });
    credentials.keepAlso(parts.use(keeper));
  }
  const brokers = await openBrokers(config, { budget, credentials, parts, refusals, stop, tls });
  const names = brokers.map(brokerName);

  const notification = notificationOf(config);
  const { routes, recipients } = notification;
  const recorder = new Recorder(store, recipients, clock);
  const projection = new Projection(clock, config.cluster.groups);
  projection.askRefused(() => refusals.active());
  const feed = parts.use(new Feed(projection, store, clock));
  const metrics = new Metrics({ projection, store, refusals, clock });
  watchCredentials(credentials, inbox, stop);
  const vitals = new VitalsHistory(store, clock);
  const deliveryOptions = { config, notification, store, clock, inbox, projection, feed };
  const delivery = newDelivery(deliveryOptions);
  const { outbox, health } = delivery;

  const restored = new RestoredState(store, clock, routes);
  const known = knownNodes(restored.nodes(), config.cluster.nodes, store.names.all());
  for (const node of known) projection.update(node);
  const wasEndedInOrder = beginRun(store);
  const { machine, initial, observer, remoteNodes } = newMonitor(
    { config, brokers: brokers.length, bootId, routes, restored, known, clock, wasEndedInOrder },
  );
  const ownNetwork = parts.use(
    new OwnNetwork({
      clock,
      landmarks: config.cluster.landmarks,
      providers: providersOf(config),
      inbox,
      nodes: remoteNodes,
    }),
  );
  const losses = new LossWatch({
    clock,
    onFault: (fault) => inbox.put(fault),
    leftOut: () => refusals.counts.get("rate") ?? 0,
  });
  const isWatched = (id: string) => initial.cluster.nodes.has(id);
  const observation = parts.use(
    observe(config, {
      brokers,
      inbox,
      isWatched,
      losses,
      metrics,
      observer,
      ownNetwork,
      refusals,
    }),
  );
  projection.askConditions((node) => conditionOf(initial.policy, node));
  const { policy } = initial;
  const { alarm, alarmView, otherHub, trackers, trackerView } = startAlarm(
    { config, parts, store, clock, inbox, policy, observation, projection, feed },
  );

  const updates = startUpdates({ config, parts, clock, observation, projection, feed });

  const loop = new ClusterLoop({
    wallClock: clock,
    restored,
    topicRoot: config.mqtt.topicRoot,
    brokers: names,
    inbox,
    store,
    recorder,
    vitals,
    projection,
    refusals,
    feed,
    metrics,
    outbox,
    alarm,
    alarmView,
    otherHub,
    trackers,
    losses,
    trackerView,
    observation,
    ownNetwork,
    upgrades: updates.upgrades,
  });
  const { writeThrough: database } = store;
  const nightly = database && folderOfBackups !== undefined
    ? new NightlyBackups({ config, configPath, folder: folderOfBackups, database, clock })
    : undefined;
  startPage({
    config,
    parts,
    backup: () => nightly?.view ?? null,
    pageFolder: PAGE_FOLDER,
    password,
    openFilesMax,
    stop,
    act: (input) => loop.act(input),
    alarm,
    clock,
    credentials,
    delivery,
    feed,
    metrics,
    notification,
    observation,
    projection,
    refusals,
    store,
    tls,
    updates,
    vitals,
  });
  health.look();
  logPassword(config);

  const selfTest = newSelfTest(deliveryOptions, outbox);
  const acknowledgements = new Acknowledgements({
    store,
    channels: notification.channels,
    clock,
    acknowledge: (subject) => loop.act({ kind: "acknowledge", node: undefined, subject }),
  });
  const { cluster } = initial;
  const { ownWork, watchdog } = newWatchdogParts(
    { config, clock, cluster, store, health, projection, feed },
  );
  projection.askBrokers(() => brokerViews(cluster, names, clock));
  const onTurn = () => {
    const nowMs = clock.nowMs();
    ownWork.turned();
    if (!systemd.isDue(nowMs) || !observation.isTurning) return;
    probeDatabase(store);
    systemd.works(
      nowMs,
      () => hubStatusLine(initial, { clock, projection, store, brokers: names }),
    );
  };
  const upkeep = new Upkeep(store, vitals, clock);
  const keeper = database && new StoreKeeper({
    database,
    clock,
    reportAfterMs: config.alerts.blindAfterMs,
    upkeep: () => upkeep.run(),
    onFault: (fault) => inbox.put(fault),
  });

  clock.run();
  const leaving = leave("hub.service", stop);
  await Promise.all([
    keeper?.run(stop),
    database && watchDisk({ database, path: databaseFile(config), clock }, stop),
    loop.run(drive({ machine, initial, inbox, clock, stop, onTurn })),
    outbox.run(stop),
    selfTest?.run(stop),
    checkpoint?.run(stop),
    nightly?.run(stop),
    losses.run(stop),
    tls.run(stop),
    acknowledgements.run(stop),
    watchdog?.run(stop),
    brokers.length > 1 && watchUnseen({
      clock,
      holdMs: config.alerts.blindAfterMs,
      count: () => unseenNodes(cluster),
      onFault: (fault) => inbox.put(fault),
    }, stop),
    storeParts.run(stop),
    updates.upgrades.run(stop),
  ]);
  loop.save();
  store.transaction(() => vitals.save());
  endRun(store);
  await Promise.all([
    storeParts.finish(store),
    publishFarewell(config, observation, await leaving),
  ]);
}

function checkpointOf(config: Config, inbox: Inbox<MonitorInput>): CheckpointKeeper | undefined {
  const place = checkpointPlace(config);
  return place && new CheckpointKeeper({
    place,
    clock: systemClock,
    reportAfterMs: config.alerts.blindAfterMs,
    onFault: (fault) => inbox.put(fault),
  });
}

async function publishFarewell(
  config: Config,
  observation: Observations,
  { reason, restMs }: Awaited<ReturnType<typeof leave>>,
): Promise<void> {
  const isSent = await observation.publish({
    topic: topicsOf(config.mqtt.topicRoot).hubStatus,
    payload: encodeFarewell(observation.observer, reason),
    qos: 1,
    retain: true,
  }, restMs);
  log.info(isSent ? "sent the farewell" : "could not send the farewell", { reason });
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
