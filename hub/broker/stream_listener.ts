/** Accepts TCP connections as streams within a budget, and closes them all at the end. */

import type { Endpoint } from "../../core/config/settings.ts";
import type { BrokerBudget } from "../../core/limits/connection_budget.ts";
import { HalfOpen } from "../../core/limits/half_open.ts";
import type { RefusalReason } from "../../core/limits/refusal_report.ts";
import { isLoopback, parseIp, sourceOf } from "../../core/network/address.ts";
import { unmapped } from "../../core/network/host.ts";
import type { ConnectionStream } from "../../io/connection/connection_stream.ts";
import { Acceptor } from "../listen/acceptor.ts";
import type { BoundPort } from "../listen/bound_port.ts";
import type { ClientConnection, Secure } from "../listen/client_connection.ts";
import type { Origin } from "./broker_guard.ts";

/** Extra connections for programs on this machine: the hub's own connection must always succeed. */
const OWN_MACHINE_RESERVE = 16;

/** A port of clients that use TLS. */
export interface TlsListen {
  readonly port: BoundPort;
  readonly secure: Secure;
}

export interface StreamListenerOptions {
  /** Port 0 means any free port; host `*` means every interface, with IPv4 and IPv6. */
  readonly listen: Endpoint;
  readonly tls?: TlsListen | undefined;
  readonly budget: BrokerBudget;
  readonly newStream: (connection: ClientConnection) => ConnectionStream;
  readonly onStream: (stream: ConnectionStream, origin: Origin) => void;
  /** A connection was refused, or ended before it identified itself. */
  readonly onRefused: (reason: RefusalReason, address: string) => void;
  /** A connection could not be accepted. */
  readonly onTrouble: (reason: string) => void;
}

/** Listens from construction to disposal. The constructor throws when it cannot listen. */
export class StreamListener implements AsyncDisposable {
  readonly #acceptor: Acceptor;
  readonly #tlsAcceptor: Acceptor | undefined;
  readonly #options: StreamListenerOptions;
  /** The open streams, with the address under which each is counted. */
  readonly #streams = new Map<ConnectionStream, string>();
  readonly #halfOpen: HalfOpen<ConnectionStream>;

  constructor(options: StreamListenerOptions) {
    this.#options = options;
    this.#halfOpen = new HalfOpen(options.budget.halfOpen);
    const { listen, tls } = options;
    this.#acceptor = this.#accept(listen, (connection) => connection);
    this.#tlsAcceptor = tls && this.#accept(tls.port, tls.secure);
  }

  /** The configured address with the actual port. */
  get address(): Endpoint {
    return this.#acceptor.address;
  }

  /** The stream has identified itself. Until then a new connection may replace it. */
  identified(stream: ConnectionStream): void {
    this.#halfOpen.delete(stream, this.#streams.get(stream) ?? "");
  }

  /** Stops accepting, destroys all streams, and waits until they are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#acceptor[Symbol.asyncDispose](),
      this.#tlsAcceptor?.[Symbol.asyncDispose](),
    ]);
    await Promise.all([...this.#streams.keys()].map(destroyed));
  }

  #accept(listen: Endpoint | BoundPort, secure: Secure): Acceptor {
    return new Acceptor({
      listen,
      onConnection: (connection) => this.#take(connection, secure),
      onTrouble: (error) => {
        this.#options.onTrouble(`cannot accept a connection: ${error}`);
        // The database and the providers need files too.
        this.#end(this.#halfOpen.removeOverdue(performance.now()), "no_files");
      },
    });
  }

  #take(connection: Deno.TcpConn, secure: Secure): void {
    const { newStream, onStream, onRefused } = this.#options;
    const { remoteAddr, localAddr } = connection;
    const address = sourceOf(unmapped(remoteAddr.hostname));
    const ip = parseIp(remoteAddr.hostname);
    const isOwnMachine = remoteAddr.hostname === localAddr.hostname ||
      ip !== undefined && isLoopback(ip);
    if (!this.#makeRoom(isOwnMachine)) {
      connection.close();
      onRefused("connections", address);
      return;
    }
    connection.setNoDelay(true);
    connection.setKeepAlive(true); // detects a lost peer that has no MQTT keepalive
    const stream = newStream(secure(connection));
    this.#streams.set(stream, address);
    stream.once("close", () => {
      this.#halfOpen.delete(stream, address);
      this.#streams.delete(stream);
    });
    this.#end(this.#halfOpen.add(stream, address, performance.now()), "half_open");
    onStream(stream, { address, isOwnMachine });
  }

  /**
   * Returns whether there is room for one more, after ending an unidentified connection if
   * necessary.
   */
  #makeRoom(isOwnMachine: boolean): boolean {
    const { connectionsMax } = this.#options.budget;
    if (this.#streams.size < connectionsMax) return true;
    const ended = this.#halfOpen.removeOldest();
    this.#end(ended, "half_open");
    return ended.length > 0 ||
      isOwnMachine && this.#streams.size < connectionsMax + OWN_MACHINE_RESERVE;
  }

  #end(streams: readonly ConnectionStream[], reason: RefusalReason): void {
    for (const stream of streams) {
      this.#options.onRefused(reason, this.#streams.get(stream) ?? "");
      stream.destroy();
    }
  }
}

function destroyed(stream: ConnectionStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", () => resolve());
    stream.destroy();
  });
}
