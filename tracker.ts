/** The tracker: it shows the state of the other Pis on this Pi's LED and buzzer. */

import type { BuzzerRules } from "./core/alarm/buzzer.ts";
import type { PublishSilence } from "./core/alarm/operator_commands.ts";
import type { WatchChange } from "./core/alarm/watch_source.ts";
import {
  newTracker,
  type TrackerInput,
  trackerMachine,
  type TrackerState,
} from "./core/alarm/tracker_machine.ts";
import { missingBrokers, observerLine } from "./core/api/service_line.ts";
import { brokerName, brokersOf } from "./core/config/brokers.ts";
import type { Config } from "./core/config/settings.ts";
import { newCluster } from "./core/detection/cluster_state.ts";
import { remoteNodes } from "./core/detection/network_watch.ts";
import { newNode } from "./core/detection/node_state.ts";
import { IP_PATHS } from "./core/network/view.ts";
import { topicsOf } from "./core/protocol/topics.ts";
import { TRACKER_NODES_MAX } from "./core/protocol/wire.ts";
import { encodeAlarm } from "./core/protocol/wire_encoding.ts";
import { readOnlyCaCerts } from "./io/connection/ca_certs.ts";
import { knownAddressIn, stateFolder } from "./io/connection/known_address.ts";
import { drive, Inbox, stepsOf } from "./io/drive.ts";
import { confineFiles, serviceReach } from "./io/files/file_reach.ts";
import { logBrokerChange, logClusterOutput } from "./io/log/cluster_log.ts";
import { getLog } from "./io/log/log.ts";
import { firstGraceMs } from "./io/mqtt/first_grace.ts";
import { Observations } from "./io/mqtt/observations.ts";
import { OwnNetwork } from "./io/network/own_network.ts";
import { Failures } from "./io/output/failures.ts";
import { runProgram } from "./io/program/program.ts";
import { Systemd } from "./io/program/systemd.ts";
import { systemClock } from "./io/time/clock.ts";
import { localTimeOfDayMs } from "./io/time/local_time.ts";
import { Button } from "./tracker/button.ts";
import { openButtonLine } from "./tracker/button_line.ts";
import { TRACKER_COMMANDS } from "./tracker/commands/command_line.ts";
import { LeftOut } from "./tracker/left_out.ts";
import { filtersOf, logWatchChange } from "./tracker/listening.ts";
import { TRACKER_CONSUMER } from "./tracker/line_holder.ts";
import { adviceOnOutput, openAlarm } from "./tracker/outputs.ts";
import { readBootId } from "./vitals/boot_id.ts";

/**
 * The interval between two reads. A delay of a quarter of a second at the LED is acceptable,
 * because this Pi can sleep between the heartbeats of a large cluster.
 */
const READ_EVERY_MS = 250;

const log = getLog("tracker");

await runProgram({ ...TRACKER_COMMANDS, main: ({ config, stop }) => track(config, stop) });

/**
 * Runs until `stop` aborts: inputs from the broker go to the tracker machine, and its outputs to
 * LED and buzzer.
 */
async function track(config: Config, stop: AbortSignal): Promise<void> {
  const { read, write } = serviceReach(config);
  confineFiles({ read: [...read, ...IP_PATHS], write });
  const { mqtt, node: { id: self }, cluster: { nodes, landmarks, watch, ...timing } } = config;
  const observer = crypto.randomUUID();
  const topics = topicsOf(mqtt.topicRoot);
  const brokers = brokersOf(mqtt);
  const names = brokers.map(brokerName);
  const inbox = new Inbox<TrackerInput>();
  const nowMs = systemClock.nowMs();
  const expected = nodes.filter((id) => id !== self)
    .map((id) => ({ ...newNode(id, nowMs, true), named: true }));
  // A list is short: a tracker that has one hears those nodes itself.
  const initial = newTracker(
    newCluster(expected, brokers.length),
    nodes.length > 0 ? "all" : watch,
  );
  const filters = filtersOf(mqtt.topicRoot, { self, nodes });
  const only = nodes.length > 0 ? { only: nodes } : {};
  const network = { bootId: await readBootId(), ownNode: self };
  const options = {
    timing,
    observer,
    self,
    firstGraceMs: firstGraceMs(),
    network,
    nodesMax: TRACKER_NODES_MAX,
    ...only,
  };
  const machine = trackerMachine(options, buzzerRulesOf(config));

  const failures = new Failures(adviceOnOutput);
  using alarm = openAlarm(config, failures);
  await using ownNetwork = new OwnNetwork({
    clock: systemClock,
    landmarks,
    // A tracker sends no messages.
    providers: [],
    inbox,
    nodes: () => remoteNodes(initial.cluster, { network }),
  });
  const leftOut = new LeftOut(systemClock);
  await using observation = new Observations({
    brokers,
    node: config.node,
    known: (index) => knownAddressIn(stateFolder(), index),
    program: "tracker",
    clock: systemClock,
    caCerts: readOnlyCaCerts(mqtt),
    reading: { pace: { everyMs: READ_EVERY_MS } },
    observer,
    echoTopic: topics.echo(self),
    filters: filters[initial.watch.source],
    inbox,
    pathOf: (ends) => ownNetwork.pathOf(ends),
    onAlarm(message) {
      const wallMs = systemClock.wallMs(systemClock.nowMs());
      inbox.put({ kind: "silence", message, wallMs });
    },
    isWatched: (id) => initial.cluster.nodes.has(id),
    onLeftOut: (from) => leftOut.note(from),
  });
  await using _button = openButton(config, { inbox, failures });
  alarm.show(initial.shown);
  await using systemd = new Systemd();
  const onTurn = () => {
    if (!observation.isTurning) return;
    systemd.works(systemClock.nowMs(), () => statusLine(initial, names));
  };
  const listen = (change: WatchChange) => {
    logWatchChange(log, change);
    observation.listen(filters[change.source], () => {
      if (change.source === "all") inbox.put({ kind: "hear", from: "all" });
    });
  };
  const turns = drive({ machine, initial, inbox, clock: systemClock, stop, onTurn });
  for await (const { input, outputs } of stepsOf(turns)) {
    if (input.kind === "evidence" && input.message.kind === "birth") ownNetwork.nodesChanged();
    for (const output of outputs) {
      if (output.kind === "show") alarm.show(output.indication);
      else if (output.kind === "send_echo") observation.sendEcho(output);
      else if (output.kind === "send_probe") ownNetwork.probe(output);
      else if (output.kind === "publish_silence") say(output, { observation, topic: topics.alarm });
      else if (output.kind === "watch") listen(output);
      else if (output.kind === "broker") logBrokerChange(log, output, names);
      else logClusterOutput(log, output);
    }
  }
}

/** The machine changes its state in place. */
function statusLine({ cluster, watch }: TrackerState, brokers: readonly string[]): string {
  const missing = missingBrokers(cluster, brokers);
  // The hub names the Pis that are not well, and the tracker hears no others.
  return watch.source === "hub" && !cluster.blind
    ? ["up, told by the hub", ...missing].join(", ")
    : observerLine(cluster, ...missing);
}

/** Has no effect without a connection: the machine publishes it again. */
function say(
  { silence }: PublishSilence,
  { observation, topic }: { readonly observation: Observations; readonly topic: string },
): void {
  log.info("the button silences the buzzers of the cluster");
  const payload = encodeAlarm(silence);
  void observation.publish({ topic, payload, qos: 1, retain: true });
}

function buzzerRulesOf({ rpi, alerts }: Config): BuzzerRules {
  const { buzzerHoldMs: holdMs, quiet: hours } = rpi;
  const slowsFlapping = alerts.flapDeaths > 0;
  if (hours === undefined) return { holdMs, slowsFlapping };
  const timeOfDayMs = (nowMs: number) => localTimeOfDayMs(systemClock.wallMs(nowMs));
  return { holdMs, slowsFlapping, quiet: { hours, timeOfDayMs } };
}

function openButton(
  { rpi }: Config,
  { inbox, failures }: { readonly inbox: Inbox<TrackerInput>; readonly failures: Failures },
): Button | undefined {
  const { button: line } = rpi;
  if (line === undefined) return undefined;
  return new Button({
    open: () => openButtonLine(rpi, { line, consumer: TRACKER_CONSUMER }),
    failures,
    inbox,
    clock: systemClock,
  });
}
