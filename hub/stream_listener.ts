/** Accepts TCP connections as streams, a limited number at a time, and closes them all in the end. */

import type { Endpoint } from "../core/config.ts";
import { ConnectionStream, type ConnectionStreamOptions } from "../io/connection_stream.ts";

/** After a failed accept (no file descriptor left): long enough not to spin. */
const ACCEPT_PAUSE_MS = 100;

export interface StreamListenerOptions {
  /** Port 0: any free one. */
  readonly listen: Endpoint;
  readonly connectionsMax: number;
  /** Options of a new connection's stream. */
  readonly streamOptions: () => ConnectionStreamOptions;
  /** `isOwnMachine`: the other end is on this machine too. */
  readonly onStream: (stream: ConnectionStream, isOwnMachine: boolean) => void;
  /** A connection was turned away or could not be accepted. */
  readonly onTrouble: (reason: string) => void;
}

/** Listens from its construction until it is disposed. The constructor throws when it cannot. */
export class StreamListener implements AsyncDisposable {
  /** Where it listens, with the port that it really has. */
  readonly address: Endpoint;
  readonly #listener: Deno.TcpListener;
  readonly #options: StreamListenerOptions;
  readonly #streams = new Set<ConnectionStream>();
  readonly #accepting: Promise<void>;
  #isClosed = false;

  constructor(options: StreamListenerOptions) {
    this.#options = options;
    this.#listener = Deno.listen({ ...options.listen, transport: "tcp" });
    const { hostname, port } = this.#listener.addr;
    this.address = { hostname, port };
    this.#accepting = this.#accept();
  }

  /** Accepts no more, destroys all streams, and waits until they are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#listener.close();
    }
    await this.#accepting;
    await Promise.all([...this.#streams].map(destroyed));
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#take(await this.#listener.accept());
      } catch (error) {
        if (this.#isClosed) return;
        this.#options.onTrouble(`cannot accept a connection: ${error}`);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
      }
    }
  }

  #take(connection: Deno.TcpConn): void {
    const { connectionsMax, streamOptions, onStream, onTrouble } = this.#options;
    if (this.#streams.size >= connectionsMax) {
      connection.close();
      onTrouble(`${connectionsMax} connections are open, no more are accepted`);
      return;
    }
    connection.setNoDelay(true);
    connection.setKeepAlive(true); // a peer without MQTT keepalive may vanish too
    const isOwnMachine = connection.remoteAddr.hostname === connection.localAddr.hostname ||
      isLoopback(connection.remoteAddr.hostname);
    const stream = new ConnectionStream(connection, streamOptions());
    this.#streams.add(stream);
    stream.once("close", () => this.#streams.delete(stream));
    onStream(stream, isOwnMachine);
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}

function destroyed(stream: ConnectionStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", () => resolve());
    stream.destroy();
  });
}
