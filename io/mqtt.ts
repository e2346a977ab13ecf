/** The connection to the MQTT broker: made anew for ever, and never a message kept for later. */

import { Buffer } from "node:buffer";
import { MqttClient } from "mqtt";
import type { Config } from "../core/config.ts";
import { PAYLOAD_MAX } from "../core/wire.ts";
import { type Clock, sleepUntil } from "./clock.ts";
import { ConnectionStream } from "./connection_stream.ts";
import { dial } from "./dial.ts";

/**
 * A broker that accepts but does not greet gets this long, TLS handshake included, or as long as may
 * pass between two attempts: an attempt that hangs must not make the announced wait a lie.
 */
const CONNACK_MS_MIN = 2000;
/** A dead connection is noticed after one and a half of these. */
const KEEPALIVE_S = 10;
/** A publication that is not acknowledged by then counts as failed, where nothing else is said. */
const ACKNOWLEDGE_MS = 5000;
/**
 * Beyond the wait between two attempts nothing that a link does takes as long: an attempt, with its
 * look-up of a name, or the silence of a broker until it is given up.
 */
const TURN_MS_MAX = 60_000;
/** The DISCONNECT packet gets this long. */
const CLOSE_MS = 300;

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

export interface LinkOptions {
  readonly mqtt: Config["mqtt"];
  readonly clientId: string;
  readonly clock: Clock;
  /** Authorities of `mqtt.caFile`, as PEM texts. */
  readonly caCerts?: readonly string[];
  readonly will?: Publication;
  /** How often it is listened, see `ConnectionStreamOptions`; left out: all the time. */
  readonly readEveryMs?: number;
  /** One topic filter, at QoS 1 at most; its acknowledgement is what makes the link up. */
  readonly subscribe?: string;
  readonly onMessage?: (message: Received) => void;
  /** Connected and subscribed. */
  readonly onUp: () => void;
  /**
   * The connection, or an attempt at one, ended by itself; `wasUp` tells which. Of attempts that fail
   * for one and the same reason only the first is told.
   */
  readonly onDown: (reason: string, wasUp: boolean) => void;
}

/**
 * Keeps one connection alive until disposed. Each attempt has a client object of its own, so that
 * nothing of an old connection (queue, store, timer) can reach a new one.
 */
export class Link implements AsyncDisposable {
  readonly #options: LinkOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #client: MqttClient | undefined;
  /** What the live connection goes through. */
  #stream: ConnectionStream | undefined;
  #toldReason = "";
  /** When an attempt began or ended, or something came from the broker. */
  #turnedMs: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#turnedMs = options.clock.nowMs();
    this.#running = this.#run();
  }

  /**
   * Whether it does its work, with a broker or without one: it is heard, or it tries again and again.
   * One that waits for ever for something that does not come hangs.
   */
  get isTurning(): boolean {
    const { clock, mqtt } = this.#options;
    return clock.nowMs() - this.#turnedMs <= TURN_MS_MAX + mqtt.reconnectMs;
  }

  /** The IP address of this machine in the live connection; `undefined` while there is none. */
  get localAddress(): string | undefined {
    return this.#stream?.localAddress;
  }

  /** The broker's IP address in the live connection; `undefined` while there is none. */
  get remoteAddress(): string | undefined {
    return this.#stream?.remoteAddress;
  }

  /**
   * Sends now or not at all: a heartbeat that waited would be a lie. Resolves to whether it was
   * written (QoS 0) or acknowledged (QoS 1) in time.
   */
  async publish(
    { topic, payload, qos, retain }: Publication,
    withinMs = ACKNOWLEDGE_MS,
  ): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { clock } = this.#options;
    using _alarm = clock.callAt(clock.nowMs() + withinMs, () => resolve(false));
    client.publish(topic, payload, { qos, retain, dup: false }, (error) => resolve(!error));
    return await promise;
  }

  /** Says DISCONNECT, so that the broker does not tell the last will. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, mqtt } = this.#options;
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      // From attempt to attempt, so that a slow failure adds nothing to the announced wait.
      const nextMs = clock.nowMs() + mqtt.reconnectMs * (0.5 + 0.5 * Math.random());
      this.#turn();
      await this.#connectOnce();
      this.#turn();
      await sleepUntil(clock, nextMs, stop);
    }
  }

  #turn(): void {
    this.#turnedMs = this.#options.clock.nowMs();
  }

  /** One connection, from the dial to its end. Never throws. */
  async #connectOnce(): Promise<void> {
    const { onMessage, onDown } = this.#options;
    const stop = this.#stop.signal;
    const closed = Promise.withResolvers<void>();
    let reason = "the broker closed the connection";
    let stream: ConnectionStream | undefined;
    const client = this.#newClient(() => {
      stream = this.#openStream();
      // MQTT.js keeps most of these to itself, a refused certificate among them.
      stream.on("error", (error) => reason = describe(error));
      return stream;
    });
    client.on("error", (error) => reason = describe(error));
    client.on("packetreceive", () => this.#turn());
    client.on("close", () => closed.resolve());
    client.on("connect", () =>
      void this.#subscribe(client, stream).catch((error) => {
        reason = describe(error);
        client.end(true);
      }));
    client.on("message", (topic, payload, packet) => {
      const message = { topic, payload: textOf(payload), retained: packet.retain };
      orEndProgram(() => onMessage?.(message));
    });
    const end = async () => {
      const { clock } = this.#options;
      // A second `end` would do nothing: MQTT.js waits for the first, whose peer may not read.
      using _alarm = clock.callAt(clock.nowMs() + CLOSE_MS, () => stream?.destroy());
      client.end(false, {}, () => closed.resolve());
      await closed.promise;
    };
    const onStop = () => void end();
    stop.addEventListener("abort", onStop, { once: true });
    if (stop.aborted) onStop();
    await closed.promise;
    stop.removeEventListener("abort", onStop);
    client.end(true);
    stream?.destroy();
    const wasUp = this.#client === client;
    this.#client = undefined;
    this.#stream = undefined;
    if (stop.aborted) return;
    if (wasUp || reason !== this.#toldReason) onDown(reason, wasUp);
    this.#toldReason = wasUp ? "" : reason;
  }

  async #subscribe(client: MqttClient, stream: ConnectionStream | undefined): Promise<void> {
    const { subscribe, onUp } = this.#options;
    if (subscribe !== undefined) {
      const granted = await client.subscribeAsync(subscribe, { qos: 1 });
      // MQTT 3.1.1, 3.9.3: 0x80 is the broker's refusal.
      if (granted.some(({ qos }) => qos > 2)) {
        throw new Error(`the broker refuses the subscription to "${subscribe}"`);
      }
    }
    this.#client = client;
    this.#stream = stream;
    orEndProgram(onUp);
  }

  #newClient(openStream: () => ConnectionStream): MqttClient {
    const { mqtt, clientId, will } = this.#options;
    return new MqttClient(openStream, {
      protocolId: "MQTT",
      protocolVersion: 4,
      clientId,
      clean: true,
      ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
      ...(mqtt.password === undefined ? {} : { password: mqtt.password }),
      ...(will === undefined ? {} : { will: { ...will, payload: bytesOf(will.payload) } }),
      keepalive: KEEPALIVE_S,
      reschedulePings: true,
      connectTimeout: Math.max(CONNACK_MS_MIN, mqtt.reconnectMs),
      // This class makes the next attempt itself.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      // The package's cache of 65,536 numbers costs 15 MB.
      writeCache: false,
      timerVariant: "native",
    });
  }

  #openStream(): ConnectionStream {
    const stop = new AbortController();
    const { readEveryMs = 0 } = this.#options;
    return new ConnectionStream(dial(this.#options, stop.signal), { stop, readEveryMs });
  }
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

function bytesOf(text: string): Buffer {
  return Buffer.from(text);
}

/** Thrown into MQTT.js, a mistake of our own would look like a connection that was lost, for ever. */
function orEndProgram(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    reportError(error);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
