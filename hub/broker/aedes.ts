/** aedes, the MQTT 3.1.1 broker library, with its options spelled out and two habits changed. */

import { Aedes, type AedesOptions, type Client } from "aedes";

export type { Client };

/** From the connection to a complete CONNECT packet. */
const CONNECT_MS = 10_000;
/** Half-done QoS 2 deliveries from one client; nothing of ours uses QoS 2. */
const QOS2_HALF_DONE_MAX = 16;
/** Packets that a client may send before it has its CONNACK. */
const EARLY_PACKETS_MAX = 42;
const TOPIC_LEVELS_MAX = 32;
/** Should a delivery wait for a subscriber all the same, it waits no longer. */
const DRAIN_MS = 1000;

/** What the broker decides; aedes asks through these. */
export type AedesDecisions = Required<
  Pick<
    AedesOptions,
    "preConnect" | "authenticate" | "authorizePublish" | "authorizeSubscribe" | "authorizeForward"
  >
>;

/** The answer to a publication that is acknowledged and passed on to nobody. */
export class Dropped extends Error {}

/** The answer to a login that is not decided now: "server unavailable" (3.2.2.3), so that it comes again. */
export class Unavailable extends Error {
  readonly returnCode = 3;
}

/** Whether aedes ended the connection since its login was refused. */
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
 * aedes numbers a message when its publication begins, and takes one for a repetition, and drops it,
 * when a subscriber has had a higher number. A message at QoS 1 or a last will is delivered some
 * steps after it was numbered, a heartbeat at once: about every fifth will was lost among heartbeats.
 * Here a message gets its number when it is delivered.
 */
class OrderedAedes extends Aedes {
  // Both exist; the package's declarations leave them out.
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
 * aedes ends the connection of a client that publishes what it may not, and the client, a home
 * automation perhaps, connects again at once, for ever. Mosquitto acknowledges such a publication and
 * drops it: MQTT 3.1.1 allows both (3.3.5). Here `Dropped` is answered so.
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

/** A broker that has yet to `listen()`; messages and sessions are kept in memory alone. */
export function newAedes(decisions: AedesDecisions): Aedes {
  return new ForgivingAedes({
    ...decisions,
    concurrency: 0, // of deliveries: any; a slow subscriber must not hold back everyone's messages
    connectTimeout: CONNECT_MS,
    drainTimeout: DRAIN_MS,
    heartbeatInterval: 60_000, // its own, between the brokers of one cluster; this is the only one
    keepaliveLimit: 0, // any; 1.5 times the client's own is honoured
    maxClientsIdLength: 256, // `BrokerGuard` limits it, for every MQTT version
    maxInflightInbound: QOS2_HALF_DONE_MAX,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    queueLimit: EARLY_PACKETS_MAX,
    trustProxy: false,
  });
}
