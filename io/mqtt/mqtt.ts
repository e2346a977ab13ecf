/** The connection to the MQTT broker: made anew for ever, and never a message kept for later. */

import type { Config } from "../../core/config/settings.ts";
import type { BrokerFault, LookupFault } from "../../core/network/broker_fault.ts";
import { topicsOf } from "../../core/protocol/wire.ts";
import { type Connection, ConnectionStream } from "../connection/connection_stream.ts";
import { Dialer, type DialOptions } from "../connection/dial.ts";
import { Greeting } from "../connection/greeting.ts";
import { mqttFault } from "../connection/link_error.ts";
import { sleepUntil } from "../time/clock.ts";
import { type MqttProgram, newClientId } from "./client_id.ts";
import { FloodSieve } from "./flood_sieve.ts";
import { MqttSession, type Publication, type SessionOptions } from "./mqtt_session.ts";
import { SievedConnection } from "./sieved_connection.ts";

export type { Publication, Received } from "./mqtt_session.ts";

/**
 * A broker that accepts but does not greet gets this long, TLS handshake included, or as long as may
 * pass between two attempts: an attempt that hangs must not make the announced wait a lie.
 */
const GREETING_MS_MIN = 2000;
/** A publication that is not acknowledged by then counts as failed, where nothing else is said. */
const ACKNOWLEDGE_MS = 5000;
/**
 * Beyond the wait between two attempts nothing that a link does takes as long: an attempt, with its
 * look-up of a name, or the silence of a broker until it is given up.
 */
const TURN_MS_MAX = 60_000;

export interface LinkOptions
  extends
    Pick<SessionOptions, "clock" | "will" | "subscribe" | "onMessage">,
    Pick<DialOptions, "caCerts" | "known"> {
  readonly program: MqttProgram;
  readonly mqtt: Config["mqtt"];
  /** How often it is listened, see `ConnectionStreamOptions`; left out: all the time. */
  readonly readEveryMs?: number;
  /** How much is heard at once, see there. */
  readonly sliceBytes?: number;
  /** Floods of single nodes are left out before anybody looks at their messages; left out: they are not. */
  readonly onFlood?: (from: string, count: number) => void;
  /** Connected and subscribed. */
  readonly onUp: () => void;
  /** The connection, or an attempt at one, ended by itself; `wasUp` tells which. */
  readonly onDown: (fault: BrokerFault, wasUp: boolean) => void;
}

/** Keeps one connection alive until disposed. */
export class Link implements AsyncDisposable {
  readonly #options: LinkOptions;
  /** The same in all its connections: the broker then ends one that it still takes for open. */
  readonly #clientId: string;
  readonly #dialer: Dialer;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #live: Live | undefined;
  /** When an attempt began or ended, or something came from the broker. */
  #turnedMs: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#clientId = newClientId(options.program);
    this.#dialer = new Dialer(options);
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

  /** Why the live connection goes to the name's last good address, if it does. */
  get lookupFault(): LookupFault | undefined {
    return this.#live?.lookupFault;
  }

  /**
   * Sends now or not at all: a heartbeat that waited would be a lie. Resolves to whether it was
   * written (QoS 0) or acknowledged (QoS 1) in time.
   */
  async publish(publication: Publication, withinMs = ACKNOWLEDGE_MS): Promise<boolean> {
    return await this.#live?.session.publish(publication, withinMs) ?? false;
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

  /** One connection, from the dial to its end, and why it ended. Never throws. */
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

  #sieved(connection: Deno.Conn, acknowledge: (packets: Uint8Array) => void): Connection {
    const { onFlood: onLeftOut, mqtt, clock } = this.#options;
    if (onLeftOut === undefined) return connection;
    const { nodesPrefix, alarm: alarmTopic } = topicsOf(mqtt.topicRoot);
    const sieve = new FloodSieve({ nodesPrefix, alarmTopic, onLeftOut, acknowledge });
    return new SievedConnection(connection, (bytes) => sieve.pass(bytes, clock.nowMs()));
  }

  async #converse(
    connection: Deno.Conn,
    { greeting, lookupFault }: {
      readonly greeting: Greeting;
      readonly lookupFault: LookupFault | undefined;
    },
  ): Promise<BrokerFault> {
    const { readEveryMs = 0, sliceBytes, onUp } = this.#options;
    const stop = this.#stop.signal;
    const slices = sliceBytes === undefined ? {} : { sliceBytes };
    const stream: ConnectionStream = new ConnectionStream(
      this.#sieved(connection, (packets) => stream.write(packets)),
      { readEveryMs, ...slices },
    );
    const session = new MqttSession(stream, {
      ...this.#options,
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
    stop.removeEventListener("abort", onStop);
    return fault;
  }
}

interface Live {
  readonly session: MqttSession;
  readonly stream: ConnectionStream;
  readonly lookupFault: LookupFault | undefined;
}
