/**
 * The connection to the MQTT broker. It reconnects for ever and never queues a message for later.
 */

import type { Broker } from "../../core/config/brokers.ts";
import type { BrokerFault, LookupFault } from "../../core/network/broker_fault.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import { ConnectionStream, type ConnectionStreamOptions } from "../connection/connection_stream.ts";
import { Dialer, type DialOptions } from "../connection/dial.ts";
import { Greeting } from "../connection/greeting.ts";
import { mqttFault } from "../connection/link_error.ts";
import { sleepUntil } from "../time/clock.ts";
import { type MqttProgram, newClientId } from "./client_id.ts";
import { FloodSieve } from "./flood_sieve.ts";
import { MqttSession, type Publication, type SessionOptions } from "./mqtt_session.ts";

export type { Publication, Received } from "./mqtt_session.ts";

/**
 * The minimum time limit for a broker's greeting, including the TLS handshake. The limit is longer
 * if the time between two attempts is longer. A hanging attempt must not outlast the announced
 * reconnect time.
 */
const GREETING_MS_MIN = 2000;
/** The time limit for the acknowledgement of a subscription, and the default of a publication. */
const ACKNOWLEDGE_MS = 5000;
/**
 * No other operation of a link takes longer than this plus the time between two attempts: neither
 * an attempt with its name lookup nor the detection of a silent broker.
 */
const TURN_MS_MAX = 60_000;

/**
 * Deno reads at most about 4 KiB of a TLS connection at a time, and returns the complete records in
 * it.
 */
export const TLS_FULL_BYTES = 2048;

/** How a link reads. Default: each byte at once, and a few heartbeats per turn. */
export type Reading = Pick<ConnectionStreamOptions, "pace" | "readBytes" | "sliceBytes">;

export interface LinkOptions
  extends
    Pick<SessionOptions, "clock" | "will" | "subscribe" | "subscribeAlso" | "onMessage">,
    Pick<DialOptions, "caCerts" | "known"> {
  readonly program: MqttProgram;
  readonly mqtt: Broker;
  readonly reading?: Reading;
  /**
   * Called for floods of single nodes, which are removed before anybody parses them. Default:
   * nothing is removed.
   */
  readonly onFlood?: (from: string, count: number) => void;
  /** The link is connected and subscribed. */
  readonly onUp: () => void;
  /**
   * The connection, or an attempt at one, has ended by itself. `wasUp` is true for a connection.
   */
  readonly onDown: (fault: BrokerFault, wasUp: boolean) => void;
}

/** Keeps one connection alive until it is disposed. */
export class Link implements AsyncDisposable {
  readonly #options: LinkOptions;
  /**
   * All connections use the same id, so that the broker ends an old one that it still considers
   * open.
   */
  readonly #clientId: string;
  readonly #dialer: Dialer;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #live: Live | undefined;
  /** A connection ended before the broker answered `subscribeAlso`, so later ones do not request it. */
  #isAlsoFatal = false;
  /** When an attempt last began or ended, or when the last packet arrived. */
  #turnedMs: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#clientId = newClientId(options.program);
    this.#dialer = new Dialer(options);
    this.#turnedMs = options.clock.nowMs();
    this.#running = this.#run();
  }

  /**
   * Whether the link works, with or without a broker: it receives packets, or it makes attempts. It
   * returns false when the link hangs.
   */
  get isTurning(): boolean {
    const { clock, mqtt } = this.#options;
    return clock.nowMs() - this.#turnedMs <= TURN_MS_MAX + mqtt.reconnectMs;
  }

  /** The local IP address of the live connection; `undefined` while there is none. */
  get localAddress(): string | undefined {
    return this.#live?.stream.localAddress;
  }

  /** The broker's IP address in the live connection; `undefined` while there is none. */
  get remoteAddress(): string | undefined {
    return this.#live?.stream.remoteAddress;
  }

  /** Whether the broker has granted the subscription of the live connection. */
  get isSubscribed(): boolean {
    return this.#live?.session.isSubscribed ?? false;
  }

  /** Why the live connection uses the name's last good address, if it does. */
  get lookupFault(): LookupFault | undefined {
    return this.#live?.lookupFault;
  }

  /**
   * Sends the message now or not at all, because a delayed heartbeat would be wrong. Resolves to
   * whether it was written (QoS 0) or acknowledged (QoS 1) in time.
   */
  async publish(publication: Publication, withinMs = ACKNOWLEDGE_MS): Promise<boolean> {
    return await this.#live?.session.publish(publication, withinMs) ?? false;
  }

  /**
   * Changes the subscription to the filters that are wanted now. Resolves to whether the broker
   * granted it in the live connection. Later connections use it in any case.
   */
  async listen(): Promise<boolean> {
    return await this.#live?.session.listen(ACKNOWLEDGE_MS) ?? false;
  }

  /** Sends DISCONNECT, so that the broker does not publish the last will. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, mqtt } = this.#options;
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      // The time counts from attempt to attempt, so that a slow failure adds nothing to the
      // announced wait.
      const nextMs = clock.nowMs() + mqtt.reconnectMs * (0.5 + 0.5 * Math.random());
      this.#turn();
      const fault = await this.#connectOnce();
      this.#turn();
      const wasUp = this.#live !== undefined;
      this.#live = undefined;
      if (!stop.aborted) this.#options.onDown(fault, wasUp);
      await sleepUntil(clock, nextMs, stop);
    }
  }

  #turn(): void {
    this.#turnedMs = this.#options.clock.nowMs();
  }

  /** Runs one connection from the dial to its end, and returns why it ended. Never throws. */
  async #connectOnce(): Promise<BrokerFault> {
    const { clock, mqtt: { reconnectMs } } = this.#options;
    const stop = this.#stop.signal;
    try {
      const { connection, lookupFault } = await this.#dialer.connect(stop);
      const withinMs = Math.max(GREETING_MS_MIN, reconnectMs);
      using greeting = new Greeting({ withinMs, clock, stop });
      const secured = await this.#secure(connection, greeting);
      return await this.#converse(secured, { greeting, lookupFault });
    } catch (error) {
      return mqttFault(error);
    }
  }

  async #secure(connection: Deno.TcpConn, greeting: Greeting): Promise<Deno.Conn> {
    if (!this.#options.mqtt.tls) return connection;
    try {
      return await this.#dialer.secure(connection, greeting.signal);
    } catch (error) {
      throw greeting.error ?? error;
    }
  }

  /** Returns what to pass on; `undefined`: everything. */
  #sieve(acknowledge: (packets: Uint8Array) => void): ConnectionStreamOptions["sieve"] {
    const { onFlood: onLeftOut, mqtt, clock } = this.#options;
    if (onLeftOut === undefined) return undefined;
    const { nodesPrefix, alarm: alarmTopic } = topicsOf(mqtt.topicRoot);
    const sieve = new FloodSieve({ nodesPrefix, alarmTopic, onLeftOut, acknowledge });
    return (bytes) => sieve.pass(bytes, clock.nowMs());
  }

  async #converse(
    connection: Deno.Conn,
    { greeting, lookupFault }: {
      readonly greeting: Greeting;
      readonly lookupFault: LookupFault | undefined;
    },
  ): Promise<BrokerFault> {
    const { mqtt, reading, onUp } = this.#options;
    const stop = this.#stop.signal;
    const sieve = this.#sieve((packets) => stream.write(packets));
    const stream: ConnectionStream = new ConnectionStream(connection, {
      ...reading,
      ...(sieve === undefined ? {} : { sieve }),
      ...(mqtt.tls ? { fullBytes: TLS_FULL_BYTES } : {}),
    });
    const { subscribeAlso, ...options } = this.#options;
    const session = new MqttSession(stream, {
      ...options,
      ...(subscribeAlso === undefined || this.#isAlsoFatal ? {} : { subscribeAlso }),
      clientId: this.#clientId,
      onPacket: () => this.#turn(),
      onGreeted: () => greeting[Symbol.dispose](),
      onUp: () => {
        this.#live = { session, stream, lookupFault };
        this.#dialer.remember(connection);
        onUp();
      },
    });
    greeting.onLate((error) => stream.destroy(error));
    const onStop = () => void session.end();
    stop.addEventListener("abort", onStop, { once: true });
    if (stop.aborted) onStop();
    const fault = await session.ended;
    if (session.waitsForAlso) this.#isAlsoFatal = true;
    stop.removeEventListener("abort", onStop);
    return fault;
  }
}

interface Live {
  readonly session: MqttSession;
  readonly stream: ConnectionStream;
  readonly lookupFault: LookupFault | undefined;
}
