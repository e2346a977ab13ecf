/** One MQTT session over an established connection, from CONNECT to its end. */

import { MqttClient } from "mqtt";
import { Buffer } from "node:buffer";
import type { Config } from "../../core/config/settings.ts";
import type { BrokerFault } from "../../core/network/broker_fault.ts";
import { PAYLOAD_MAX } from "../../core/protocol/wire.ts";
import type { ConnectionStream } from "../connection/connection_stream.ts";
import { LinkError, mqttFault } from "../connection/link_error.ts";
import type { Clock } from "../time/clock.ts";
import { callAfterRunning } from "../time/patient_timer.ts";
import { type Subscription, Subscriptions } from "./subscriptions.ts";

/** A dead connection is detected after one and a half of these intervals. */
const KEEPALIVE_S = 10;
/** The time limit for sending DISCONNECT. */
const CLOSE_MS = 300;
/** The longest possible timer: the caller limits the time for the greeting. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * A received message. `payload` is `undefined` when it is longer than `PAYLOAD_MAX` bytes or not
 * UTF-8.
 */
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

export interface SessionOptions {
  readonly mqtt: Pick<Config["mqtt"], "username" | "password">;
  readonly clientId: string;
  readonly clock: Clock;
  readonly will?: Publication;
  readonly subscribe?: Subscription;
  /** A further topic filter, which a broker may refuse. */
  readonly subscribeAlso?: string;
  readonly onMessage?: (message: Received) => void;
  /** A packet has arrived from the broker. */
  readonly onPacket: () => void;
  /** The broker has accepted the login. */
  readonly onGreeted: () => void;
  /** The broker has accepted the login and, if there is one, the required subscription. */
  readonly onUp: () => void;
}

/**
 * Runs MQTT over a stream until either ends. Each connection has its own client object, so that
 * nothing of an old connection (queue, store, timer) can affect a new one.
 */
export class MqttSession {
  /** Why the session ended. Never rejects. */
  readonly ended: Promise<BrokerFault>;
  readonly #client: MqttClient;
  readonly #stream: ConnectionStream;
  readonly #options: SessionOptions;
  readonly #closed = Promise.withResolvers<void>();
  readonly #subscriptions: Subscriptions | undefined;
  #fault: BrokerFault = { code: "closed" };
  #waitsForAlso = false;

  constructor(stream: ConnectionStream, options: SessionOptions) {
    this.#stream = stream;
    this.#options = options;
    const client = newClient(stream, options);
    this.#client = client;
    this.#subscriptions = options.subscribe && new Subscriptions(client, options.subscribe);
    this.ended = this.#closed.promise.then(() => {
      client.end(true);
      stream.destroy();
      return this.#fault;
    });
    const onError = (error: unknown) => {
      this.#fault = mqttFault(error);
    };
    // MQTT.js does not report most of these errors.
    stream.on("error", onError);
    client.on("error", onError);
    client.on("packetreceive", () => options.onPacket());
    client.on("close", () => this.#closed.resolve());
    client.on("connect", () => {
      options.onGreeted();
      this.#begin().catch((error) => this.#fail(error));
    });
    client.on("message", (topic, payload, packet) => {
      const message = { topic, payload: textOf(payload), retained: packet.retain };
      orEndProgram(() => options.onMessage?.(message));
    });
  }

  /** Whether the broker has granted the subscription. */
  get isSubscribed(): boolean {
    return this.#subscriptions?.isGranted ?? false;
  }

  /**
   * Changes the subscription to the filters that are wanted now. Resolves to whether the broker has
   * granted it in time. Otherwise the session ends, because it lacks a wanted subscription.
   */
  async listen(withinMs: number): Promise<boolean> {
    if (this.#subscriptions === undefined) return false;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    using _limit = callAfterRunning(this.#options.clock, withinMs, resolve);
    let isGranted = false;
    try {
      const granted = this.#subscriptions.change().then(() => isGranted = true);
      await Promise.race([granted, late, this.#closed.promise]);
      const detail = `the broker did not grant the subscription within ${withinMs} ms`;
      if (!isGranted) throw new LinkError({ code: "no_answer", detail });
    } catch (error) {
      this.#fail(error);
    }
    return isGranted;
  }

  /**
   * Whether `subscribeAlso` was not answered. Some brokers end the connection of a client that
   * requests a forbidden topic.
   */
  get waitsForAlso(): boolean {
    return this.#waitsForAlso;
  }

  /** Resolves to whether the message was written (QoS 0) or acknowledged (QoS 1) in time. */
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

  /** Sends DISCONNECT, so that the broker does not publish the last will. */
  async end(): Promise<void> {
    const { clock } = this.#options;
    // A second `end` has no effect: MQTT.js waits for the first one, and the peer may not be
    // reading.
    using _alarm = clock.callAt(clock.nowMs() + CLOSE_MS, () => this.#stream.destroy());
    this.#client.end(false, {}, () => this.#closed.resolve());
    await this.#closed.promise;
  }

  async #begin(): Promise<void> {
    const { subscribe, subscribeAlso, onUp } = this.#options;
    if (subscribe !== undefined) {
      const granted = this.#subscriptions?.change();
      // Messages published after this point reach the broker after the subscription.
      if (subscribe.isOptional !== true) await granted;
    }
    orEndProgram(onUp);
    if (subscribeAlso === undefined) return;
    this.#waitsForAlso = true;
    this.#client.subscribe(subscribeAlso, { qos: 0 }, () => {
      if (this.#client.connected) this.#waitsForAlso = false;
    });
  }

  #fail(error: unknown): void {
    this.#fault = mqttFault(error);
    this.#client.end(true);
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
    // Each new attempt uses a new session.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // MQTT.js otherwise caches 65,536 numbers, which costs 15 MB.
    writeCache: false,
    timerVariant: "native",
    // MQTT.js writes ten lines for each packet, and nobody reads that log.
    log: () => {},
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

/**
 * Ends the program on an error of our own. If it were thrown into MQTT.js, it would look like a
 * lost connection, for ever.
 */
function orEndProgram(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    reportError(error);
  }
}
