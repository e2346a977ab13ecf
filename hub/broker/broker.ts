/** The embedded broker: MQTT 3.1.1 on Deno's own listener, with access control and limits. */

import type { Endpoint } from "../../core/config/settings.ts";
import { type BrokerBudget, brokerBudget } from "../../core/limits/connection_budget.ts";
import type { RefusalReason } from "../../core/limits/refusal_report.ts";
import { bracketed, reachedLocally } from "../../core/network/host.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { newAedes } from "./aedes.ts";
import { BrokerClients } from "./broker_clients.ts";
import { BrokerGuard, PAYLOAD_BYTES_MAX } from "./broker_guard.ts";
import { BrokerLoad } from "./broker_load.ts";
import { BrokerLines, type BrokerLog } from "./broker_log.ts";
import { BrokerRefusals } from "./broker_refusals.ts";
import { BrokerStream } from "./broker_stream.ts";
import { ClientIntake } from "./client_intake.ts";
import { SendBeat } from "./send_beat.ts";
import { StreamListener, type TlsListen } from "./stream_listener.ts";

/**
 * The maximum size of a packet without its payload: topic, client id, user name, password, length
 * fields.
 */
const PACKET_OVERHEAD_BYTES_MAX = 1024;

export interface BrokerOptions {
  /** Port 0 means any free port. */
  readonly listen: Endpoint;
  /** A further port, with TLS. */
  readonly tls?: TlsListen | undefined;
  readonly credentials: Credentials;
  readonly topicRoot: string;
  /** Ends the broker, like disposing it. */
  readonly stop: AbortSignal;
  readonly log?: BrokerLog;
  /** Default: the budget of a process that may open many files. */
  readonly budget?: BrokerBudget;
  /** The broker refused something. `from` is an address, or a user with a credential. */
  readonly onRefused?: (reason: RefusalReason, from: string) => void;
}

/**
 * Starts a broker. Throws a `UserError` when it cannot listen or read the password file.
 *
 * The broker keeps nothing on disk: after a restart the retained messages are missing until every
 * agent has reconnected and published its birth again, which agents do by themselves.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  options.stop.throwIfAborted();
  options.credentials.users();
  const broker = new Broker(options);
  await broker.ready;
  return broker;
}

/** A running broker. `startBroker` creates it. */
export class Broker implements AsyncDisposable {
  readonly ready: Promise<void>;
  readonly #guard: BrokerGuard;
  readonly #load: BrokerLoad;
  readonly #clients: BrokerClients;
  readonly #aedes: ReturnType<typeof newAedes>;
  readonly #listener: StreamListener;
  readonly #beat = new SendBeat();
  readonly #stop = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(options: BrokerOptions) {
    const { listen, credentials, topicRoot, stop, log, onRefused } = options;
    const budget = options.budget ?? brokerBudget();
    this.#guard = new BrokerGuard(credentials, { topicRoot, nodesMax: budget.nodesMax });
    const lines = new BrokerLines(log ?? (() => {}));
    this.#load = new BrokerLoad((user) => onRefused?.("rate", user));
    this.#clients = new BrokerClients({
      guard: this.#guard,
      load: this.#load,
      lines,
      refusals: new BrokerRefusals({
        lines,
        note: onRefused ?? (() => {}),
        isKnown: (user) => this.#guard.isKnown(user),
      }),
      onConnect: (stream) => {
        if (stream instanceof BrokerStream) this.#listener.identified(stream);
      },
    });
    this.#aedes = newAedes(this.#clients);
    this.#aedes.on("clientError", (client, error) => this.#clients.onError(client, error));
    this.#aedes.on("connectionError", (client, error) => this.#clients.onError(client, error));
    this.#aedes.on("unsubscribe", (filters, client) => {
      this.#clients.onUnsubscribe(client, filters);
    });
    try {
      this.#listener = this.#listen({ ...options, budget }, lines);
    } catch (error) {
      const what = `Cannot listen on ${
        bracketed(listen.hostname)
      }:${listen.port} ([hub] broker_listen)`;
      throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
    }
    this.ready = this.#aedes.listen();
    credentials.watch(this.#stop.signal, (event) => this.#clients.onCredentials(event));
    const dispose = () => void this[Symbol.asyncDispose]();
    stop.addEventListener("abort", dispose, { once: true, signal: this.#stop.signal });
  }

  /** The configured address with the actual port. */
  get address(): Endpoint {
    return this.#listener.address;
  }

  /** The address to which the hub itself connects. */
  get localAddress(): Endpoint {
    const { hostname, port } = this.address;
    return { hostname: reachedLocally(hostname), port };
  }

  /** The password of user `hub`, valid on this machine only and until this broker stops. */
  get localPassword(): string {
    return this.#guard.localPassword;
  }

  /**
   * From now on nobody can log in or publish, not even a last will, because no node died. A program
   * that ends needs nothing more, because all its connections end with it. Closing thousands one by
   * one takes longer than the program is allowed.
   */
  mute(): void {
    this.#clients.mute();
  }

  /**
   * Closes every connection, so that all clients notice. It publishes no last wills, because no
   * node died.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    this.#clients.mute();
    await this.#listener[Symbol.asyncDispose]();
    this.#beat[Symbol.dispose]();
    await this.#clients.loginsFinished();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  #listen(
    { listen, tls, budget, onRefused }: BrokerOptions & { readonly budget: BrokerBudget },
    lines: BrokerLines,
  ): StreamListener {
    return new StreamListener({
      listen,
      tls,
      budget,
      newStream: (connection) => {
        const intake = new ClientIntake(PAYLOAD_BYTES_MAX + PACKET_OVERHEAD_BYTES_MAX);
        return new BrokerStream(connection, intake, {
          unsent: this.#load.unsent,
          beat: this.#beat,
        });
      },
      onStream: (stream, origin) => {
        this.#clients.noteOrigin(stream, origin);
        this.#aedes.handle(stream);
      },
      onRefused: onRefused ?? (() => {}),
      onTrouble: (reason) => lines.write("warning", "trouble", reason),
    });
  }
}
