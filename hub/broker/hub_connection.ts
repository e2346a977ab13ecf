/** The hub's connection to the broker, either its own or an external one. */

import type { MonitorInput } from "../../core/alerting/policy/monitor.ts";
import { type Broker, brokersOf } from "../../core/config/brokers.ts";
import type { Config } from "../../core/config/settings.ts";
import type { BrokerBudget } from "../../core/limits/connection_budget.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import { encodeBirth, encodeLastWill } from "../../core/protocol/wire_encoding.ts";
import { VERSION } from "../../core/version.ts";
import { readCaCerts } from "../../io/connection/ca_certs.ts";
import { knownAddressIn } from "../../io/connection/known_address.ts";
import type { Inbox } from "../../io/drive.ts";
import { getLog } from "../../io/log/log.ts";
import { redact } from "../../io/log/redaction.ts";
import { Observations } from "../../io/mqtt/observations.ts";
import type { OwnNetwork } from "../../io/network/own_network.ts";
import { systemClock } from "../../io/time/clock.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { Metrics } from "../live/metrics.ts";
import type { Refusals } from "../live/refusals.ts";
import type { HubTls } from "../tls/hub_tls.ts";
import { plainBrokerListen } from "../tls/plain_access.ts";
import { startBroker } from "./broker.ts";
import { DROPPED_TOPIC, type LossWatch } from "./loss_watch.ts";

/**
 * A hub of about 60 nodes or more reads ten times a second, because a wake-up for each heartbeat
 * would cost more than the heartbeats. This delays a verdict by at most one interval, because after
 * an echo the next reads follow without a pause.
 */
const PACE = { everyMs: 100, busyBytesPerS: 10_000 };
/** As large as the heartbeats of 4,000 nodes. */
const READ_BYTES = 64 * 1024;
/** One or two milliseconds of work. This is acceptable because a hub has no LED. */
const SLICE_BYTES = 8 * 1024;

/**
 * Returns the brokers that the hub listens to. It starts its own broker here, or uses the configured
 * ones. Beside its own one it uses the others of `[mqtt] url`, if that section has the hub's
 * credential: a `config.ini` that a hub shares with the agent of its Pi has the agent's.
 */
export async function openBrokers(
  config: Config,
  { budget, credentials, parts, refusals, stop, tls }: {
    readonly budget: BrokerBudget;
    readonly credentials: Credentials;
    readonly parts: AsyncDisposableStack;
    readonly refusals: Refusals;
    readonly stop: AbortSignal;
    readonly tls: HubTls;
  },
): Promise<readonly Broker[]> {
  const { mqtt, hub } = config;
  const [first, ...others] = brokersOf(mqtt);
  if (first === undefined || hub.broker === "none") return brokersOf(mqtt);
  const brokerLog = getLog("broker");
  const broker = await startBroker({
    listen: plainBrokerListen(hub, tls.plain.broker),
    tls: tls.broker,
    budget,
    onRefused: (reason, address) => refusals.note(reason, address),
    credentials,
    topicRoot: mqtt.topicRoot,
    log: (level, text) => brokerLog[level](text),
    // The broker outlives the loop, so that the hub's farewell still reaches its subscribers.
    stop: new AbortController().signal,
  });
  parts.defer(() => broker.mute());
  stop.throwIfAborted();
  const { hostname: host, port } = broker.localAddress;
  const secure = tls.broker && { tls_port: tls.broker.port.address.port };
  getLog("hub").info("the embedded broker listens", { port, ...secure });
  redact(broker.localPassword);
  const { caFile: _file, ca: _ca, ...plain } = first;
  const login = { username: HUB_USER, password: broker.localPassword };
  const own = { ...plain, host, port, tls: false, ...login };
  return mqtt.username === HUB_USER ? [own, ...others] : [own];
}

/**
 * The hub's own session: its birth at each connection, its last will, and everything that it
 * receives.
 */
export function observe(
  config: Config,
  { brokers, inbox, isWatched, losses, metrics, observer, ownNetwork, refusals }: {
    readonly brokers: readonly Broker[];
    readonly inbox: Inbox<MonitorInput>;
    readonly isWatched: (node: string) => boolean;
    readonly losses: LossWatch;
    readonly metrics: Metrics;
    /** A random text for each run. */
    readonly observer: string;
    readonly ownNetwork: OwnNetwork;
    readonly refusals: Refusals;
  },
): Observations {
  const { mqtt, node, hub } = config;
  const topics = topicsOf(mqtt.topicRoot);
  const status = { topic: topics.hubStatus, qos: 1, retain: true } as const;
  return new Observations({
    brokers,
    node: { id: HUB_USER },
    known: (index) => knownAddressIn(hub.stateDir, index),
    program: "hub",
    clock: systemClock,
    caCerts: readCaCerts(mqtt),
    reading: { pace: PACE, readBytes: READ_BYTES, sliceBytes: SLICE_BYTES },
    will: { ...status, payload: encodeLastWill(observer) },
    observer,
    echoTopic: topics.hubEcho,
    filters: [topics.all],
    inbox,
    // The embedded broker has its own limits and reports them itself.
    ...(hub.broker === "none"
      ? { also: { topic: DROPPED_TOPIC, onPayload: (text) => losses.dropped(text) } }
      : {}),
    pathOf: (ends) => ownNetwork.pathOf(ends),
    onUp: (observation) => {
      // This call precedes the broker's count on this connection.
      losses.connected();
      void observation.link.publish({
        ...status,
        payload: encodeBirth({
          kind: "birth",
          session: observer,
          name: node.name,
          everyMs: node.heartbeatMs,
          reconnectMs: mqtt.reconnectMs,
          facts: { version: VERSION },
        }),
      });
    },
    onDropped: (topic) => metrics.dropped(topic),
    isWatched,
    onLeftOut: (from) => refusals.note("rate", from),
    onFlood: (from, count) => refusals.note("rate", from, count),
  });
}
