/** A plain MQTT client for tests. It collects the messages that it receives. */

import { MqttClient } from "mqtt";
import { Buffer } from "node:buffer";
import { ConnectionStream } from "../../../io/connection/connection_stream.ts";
import { until, within } from "../time/until.ts";

export interface HeardMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retained: boolean;
  /** When it arrived: wall-clock time in ms, with fractions. */
  readonly atMs: number;
}

export interface TestClientOptions {
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly clientId?: string;
  readonly clean?: boolean;
  readonly keepaliveS?: number;
  /** Default: 4, which is MQTT 3.1.1. */
  readonly protocolVersion?: 4 | 5;
  readonly will?: { readonly topic: string; readonly payload: string; readonly retain?: boolean };
  /** Host and authority of a TLS listener. */
  readonly tls?: { readonly hostname: string; readonly ca: string };
}

export interface PublishOptions {
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
}

/** The broker's CONNACK was a refusal, or it closed without one (then `code` is `undefined`). */
export class ConnectRefused extends Error {
  readonly code: number | undefined;

  constructor(code: number | undefined, reason: string) {
    super(`the broker refused the connection: ${reason}`);
    this.code = code;
  }
}

/** One connection without reconnects. `await using` sends DISCONNECT. */
export class TestClient implements AsyncDisposable {
  readonly messages: HeardMessage[] = [];
  /** Settles when the connection has ended in any way. */
  readonly closed: Promise<void>;
  readonly #client: MqttClient;
  readonly #stream: () => ConnectionStream | undefined;
  #isClosed = false;

  private constructor(client: MqttClient, stream: () => ConnectionStream | undefined) {
    this.#client = client;
    this.#stream = stream;
    this.closed = new Promise((resolve) => {
      client.once("close", () => {
        this.#isClosed = true;
        resolve();
      });
    });
    client.on("message", (topic, payload, { qos, retain }) => {
      const atMs = performance.timeOrigin + performance.now();
      this.messages.push({ topic, payload: payload.toString(), qos, retained: retain, atMs });
    });
  }

  /** Resolves after the CONNACK; throws `ConnectRefused`. */
  static async connect(options: TestClientOptions): Promise<TestClient> {
    let problem: { readonly message: string; readonly code?: unknown } | undefined;
    let stream: ConnectionStream | undefined;
    const client = newClient(options, () => {
      stream = new ConnectionStream(dial(options));
      // MQTT.js does not report most errors of its stream.
      return stream.on("error", (error) => problem ??= error);
    });
    const peer = new TestClient(client, () => stream);
    client.on("error", (error) => problem ??= error);
    const connected = new Promise<true>((resolve) => client.once("connect", () => resolve(true)));
    const isConnected = await within(
      "a CONNACK",
      Promise.race([connected, peer.closed.then(() => false)]),
    );
    if (isConnected) return peer;
    client.end(true);
    const code = typeof problem?.code === "number" ? problem.code : undefined;
    throw new ConnectRefused(code, problem?.message ?? "closed without a CONNACK");
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Returns the QoS that the broker grants; 128 is its refusal. */
  async subscribe(filter: string, qos: 0 | 1 = 0): Promise<number> {
    // The library's promise would turn a refusal into an exception.
    return await within(
      `the acknowledgement of the subscription to ${filter}`,
      new Promise<number>((resolve, reject) => {
        this.#client.subscribe(filter, { qos }, (error, granted, packet) => {
          const first = packet?.granted?.[0];
          const code = typeof first === "number" ? first : granted?.[0]?.qos;
          if (code === undefined) reject(error ?? new Error("no answer"));
          else resolve(code);
        });
      }),
    );
  }

  /** Publishes at QoS 0 without waiting, for floods. */
  send(topic: string, payload: string): void {
    this.#client.publish(topic, payload, { qos: 0, retain: false, dup: false });
  }

  /**
   * Resolves when it is written (QoS 0) or acknowledged. Rejects when the connection ends first.
   */
  async publish(topic: string, payload: string | Uint8Array, options: PublishOptions = {}) {
    const { qos = 0, retain = false } = options;
    const bytes = Buffer.from(payload);
    const done = this.#client.publishAsync(topic, bytes, { qos, retain, dup: false });
    await within(
      `the acknowledgement of ${topic}`,
      Promise.race([
        done,
        this.closed.then(() => Promise.reject(new Error("the broker closed the connection"))),
      ]),
    );
  }

  /** Returns the first message that `matches`, among those received and those to come. */
  async heard(what: string, matches: (message: HeardMessage) => boolean): Promise<HeardMessage> {
    return await until(what, () => this.messages.find(matches));
  }

  /** Stops reading, like a frozen program. */
  freeze(): void {
    this.#client.removeAllListeners("message");
    this.#stream()?.pause();
  }

  /** Ends without DISCONNECT, like a killed program. */
  async kill(): Promise<void> {
    this.#stream()?.destroy();
    this.#client.end(true);
    await this.closed;
    await storeClosed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.end(this.#isClosed);
    await within("the broker to close after DISCONNECT", this.closed);
    await storeClosed();
  }
}

/** After each CONNACK, MQTT.js closes a stream of its message store with a timer of 0 ms. */
async function storeClosed(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

function newClient(options: TestClientOptions, open: () => ConnectionStream): MqttClient {
  const { username, password, will, clientId = `test-${crypto.randomUUID()}` } = options;
  return new MqttClient(open, {
    protocolId: "MQTT",
    protocolVersion: options.protocolVersion ?? 4,
    clientId,
    clean: options.clean ?? true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will === undefined ? {} : {
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: 1,
        retain: will.retain ?? false,
      },
    }),
    keepalive: options.keepaliveS ?? 60,
    reschedulePings: true,
    connectTimeout: 10_000,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    writeCache: false,
    timerVariant: "native",
  });
}

async function dial({ port, tls }: TestClientOptions): Promise<Deno.Conn> {
  const hostname = tls?.hostname ?? "127.0.0.1";
  const connection = await Deno.connect({ hostname, port, transport: "tcp" });
  connection.setNoDelay(true);
  if (tls === undefined) return connection;
  const secured = await Deno.startTls(connection, { hostname, caCerts: [tls.ca] });
  try {
    await secured.handshake();
    return secured;
  } catch (error) {
    secured.close();
    throw error;
  }
}
