/** aedes, the MQTT 3.1.1 broker library, with its options spelled out and one fault mended. */

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

/** A broker that has yet to `listen()`; messages and sessions are kept in memory alone. */
export function newAedes(decisions: AedesDecisions): Aedes {
  return new OrderedAedes({
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
