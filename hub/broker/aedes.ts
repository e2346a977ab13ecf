/** Configures aedes, the MQTT 3.1.1 broker library, and changes two of its behaviours. */

import { Aedes, type AedesOptions, type Client } from "aedes";

export type { Client };

/** The time limit from the connection to a complete CONNECT packet. */
const CONNECT_MS = 10_000;
/** Incomplete QoS 2 deliveries per client. Our programs do not use QoS 2. */
const QOS2_HALF_DONE_MAX = 16;
/** Packets that a client may send before its CONNACK. */
const EARLY_PACKETS_MAX = 42;
const TOPIC_LEVELS_MAX = 32;
/** The time limit for a delivery that waits for a subscriber. */
const DRAIN_MS = 1000;

/** The decisions of the broker, which aedes requests through these callbacks. */
export type AedesDecisions = Required<
  Pick<
    AedesOptions,
    "preConnect" | "authenticate" | "authorizePublish" | "authorizeSubscribe" | "authorizeForward"
  >
>;

/** The result for a publication that is acknowledged but not passed on. */
export class Dropped extends Error {}

/**
 * The result for a login without a decision: "server unavailable" (3.2.2.3), so that the client
 * tries again.
 */
export class Unavailable extends Error {
  readonly returnCode = 3;
}

/** Returns whether aedes ended the connection because its login was refused. */
export function isLoginAnswer(error: Error): boolean {
  return "errorCode" in error && (error.errorCode === 3 || error.errorCode === 5);
}

type AuthorizePublish = AedesDecisions["authorizePublish"];
type Publish = (packet: object, client: Client | null | Callback, done?: Callback) => void;
type Callback = (error?: Error) => void;

interface Emitter {
  emit(packet: { brokerCounter: number }, done: () => void): unknown;
}

/**
 * aedes numbers a message when its publication begins. If a subscriber has already received a
 * higher number, aedes treats the message as a repetition and drops it. A message at QoS 1 or a
 * last will is delivered some steps later, but a heartbeat at once, so about one in five wills was
 * lost among heartbeats. This class numbers a message when it is delivered.
 */
class OrderedAedes extends Aedes {
  // Both exist, but the package's declarations omit them.
  declare readonly mq: Emitter;
  declare counter: number;

  constructor(options: AedesOptions) {
    super(options);
    const emit = this.mq.emit.bind(this.mq);
    this.mq.emit = (packet, done) => {
      this.counter += 1;
      packet.brokerCounter = this.counter;
      return emit(packet, done);
    };
  }
}

/**
 * aedes disconnects a client that publishes without permission. Such a client, for example a home
 * automation system, then reconnects at once, for ever. Mosquitto acknowledges such a publication
 * and drops it: MQTT 3.1.1 allows both (3.3.5). This class treats `Dropped` in the same way.
 */
class ForgivingAedes extends OrderedAedes {
  constructor(options: AedesOptions & { readonly authorizePublish: AuthorizePublish }) {
    const dropped = new WeakSet<object>();
    super({
      ...options,
      authorizePublish(client, packet, done) {
        options.authorizePublish(client, packet, (error) => {
          if (error instanceof Dropped) dropped.add(packet);
          done(error instanceof Dropped ? null : error);
        });
      },
    });
    const publish: Publish = this.publish.bind(this) as Publish;
    const orDrop: Publish = (packet, client, done) => {
      if (dropped.has(packet)) (typeof client === "function" ? client : done)?.();
      else publish(packet, client, done);
    };
    this.publish = orDrop as typeof this.publish;
  }
}

/** Returns a broker that does not listen yet. It keeps messages and sessions in memory only. */
export function newAedes(decisions: AedesDecisions): Aedes {
  return new ForgivingAedes({
    ...decisions,
    concurrency: 0, // unlimited deliveries: a slow subscriber must not delay the messages of all others
    connectTimeout: CONNECT_MS,
    drainTimeout: DRAIN_MS,
    heartbeatInterval: 60_000, // between the brokers of a cluster; this broker is alone
    keepaliveLimit: 0, // unlimited; the broker enforces 1.5 times the client's own keepalive
    maxClientsIdLength: 256, // `BrokerGuard` has its own limit, for every MQTT version
    maxInflightInbound: QOS2_HALF_DONE_MAX,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    queueLimit: EARLY_PACKETS_MAX,
    trustProxy: false,
  });
}
