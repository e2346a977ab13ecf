/** One conversation with a broker over a connection that is made: from CONNECT to its end. */

import { MqttClient } from "mqtt";
import { Buffer } from "node:buffer";
import type { Config } from "../../core/config/settings.ts";
import type { BrokerFault } from "../../core/network/broker_fault.ts";
import { PAYLOAD_MAX } from "../../core/protocol/wire.ts";
import type { ConnectionStream } from "../connection/connection_stream.ts";
import { LinkError, mqttFault } from "../connection/link_error.ts";
import type { Clock } from "../time/clock.ts";

/** A dead connection is noticed after one and a half of these. */
const KEEPALIVE_S = 10;
/** The DISCONNECT packet gets this long. */
const CLOSE_MS = 300;
/** The longest that a timer can be: the limit of the greeting is kept by whoever made the connection. */
const NEVER_MS = 2 ** 31 - 1;

/** A message as it came. `payload` is `undefined` when it is longer than `PAYLOAD_MAX` bytes or no UTF-8. */
export interface Received {
  readonly topic: string;
  readonly payload: string | undefined;
  readonly retained: boolean;
}

export interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** One topic filter, at QoS 1 at most. */
export interface Subscription {
  readonly filter: string;
  /** Nobody waits for it, and a broker that refuses it is good all the same; left out: it is not. */
  readonly isOptional?: boolean;
}

export interface SessionOptions {
  readonly mqtt: Pick<Config["mqtt"], "username" | "password">;
  readonly clientId: string;
  readonly clock: Clock;
  readonly will?: Publication;
  readonly subscribe?: Subscription;
  readonly onMessage?: (message: Received) => void;
  /** Something came from the broker. */
  readonly onPacket: () => void;
  /** The broker has accepted the login. */
  readonly onGreeted: () => void;
  /** And the subscription, where there is one. */
  readonly onUp: () => void;
}

/**
 * Speaks MQTT over a stream until either ends. Each connection has a client object of its own, so that
 * nothing of an old one (queue, store, timer) can reach a new one.
 */
export class MqttSession {
  /** Why it ended. Never rejects. */
  readonly ended: Promise<BrokerFault>;
  readonly #client: MqttClient;
  readonly #stream: ConnectionStream;
  readonly #options: SessionOptions;
  readonly #closed = Promise.withResolvers<void>();
  #fault: BrokerFault = { code: "closed" };
  #isSubscribed = false;

  constructor(stream: ConnectionStream, options: SessionOptions) {
    this.#stream = stream;
    this.#options = options;
    const client = newClient(stream, options);
    this.#client = client;
    this.ended = this.#closed.promise.then(() => {
      client.end(true);
      stream.destroy();
      return this.#fault;
    });
    const onError = (error: unknown) => {
      this.#fault = mqttFault(error);
    };
    // MQTT.js keeps most of these to itself.
    stream.on("error", onError);
    client.on("error", onError);
    client.on("packetreceive", () => options.onPacket());
    client.on("close", () => this.#closed.resolve());
    client.on("connect", () => {
      options.onGreeted();
      this.#begin().catch((error) => {
        onError(error);
        client.end(true);
      });
    });
    client.on("message", (topic, payload, packet) => {
      const message = { topic, payload: textOf(payload), retained: packet.retain };
      orEndProgram(() => options.onMessage?.(message));
    });
  }

  /** Whether the broker has granted the subscription. */
  get isSubscribed(): boolean {
    return this.#isSubscribed;
  }

  /** Resolves to whether it was written (QoS 0) or acknowledged (QoS 1) in time. */
  async publish(
    { topic, payload, qos, retain }: Publication,
    withinMs: number,
  ): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { clock } = this.#options;
    using _alarm = clock.callAt(clock.nowMs() + withinMs, () => resolve(false));
    const options = { qos, retain, dup: false };
    this.#client.publish(topic, payload, options, (error) => resolve(!error));
    return await promise;
  }

  /** Says DISCONNECT, so that the broker does not tell the last will. */
  async end(): Promise<void> {
    const { clock } = this.#options;
    // A second `end` would do nothing: MQTT.js waits for the first, whose peer may not read.
    using _alarm = clock.callAt(clock.nowMs() + CLOSE_MS, () => this.#stream.destroy());
    this.#client.end(false, {}, () => this.#closed.resolve());
    await this.#closed.promise;
  }

  async #begin(): Promise<void> {
    const { subscribe, onUp } = this.#options;
    if (subscribe !== undefined) {
      const granted = this.#subscribe(subscribe);
      // What is said from now on reaches the broker after the subscription.
      if (subscribe.isOptional !== true) await granted;
    }
    orEndProgram(onUp);
  }

  async #subscribe({ filter, isOptional = false }: Subscription): Promise<void> {
    try {
      const granted = await this.#client.subscribeAsync(filter, { qos: 1 });
      // MQTT 3.1.1, 3.9.3: 0x80 is the broker's refusal.
      this.#isSubscribed = granted.every(({ qos }) => qos <= 2);
    } catch (error) {
      // MQTT.js may take a refusal for an error.
      if (!this.#client.connected && !isOptional) throw error;
    }
    if (!this.#isSubscribed && !isOptional) throw new LinkError({ code: "subscription", filter });
  }
}

function newClient(stream: ConnectionStream, options: SessionOptions): MqttClient {
  const { mqtt: { username, password }, clientId, will } = options;
  return new MqttClient(() => stream, {
    protocolId: "MQTT",
    protocolVersion: 4,
    clientId,
    clean: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
    keepalive: KEEPALIVE_S,
    reschedulePings: true,
    connectTimeout: NEVER_MS,
    // The next attempt is a new session.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // The package's cache of 65,536 numbers costs 15 MB.
    writeCache: false,
    timerVariant: "native",
  });
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function textOf(payload: Uint8Array): string | undefined {
  if (payload.length > PAYLOAD_MAX) return undefined;
  try {
    return decoder.decode(payload);
  } catch {
    return undefined;
  }
}

/** Thrown into MQTT.js, a mistake of our own would look like a connection that was lost, for ever. */
function orEndProgram(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    reportError(error);
  }
}
