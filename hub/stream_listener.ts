/** Accepts TCP connections as streams, a limited number at a time, and closes them all in the end. */

import type { Endpoint } from "../core/config.ts";
import { unmapped } from "../core/host.ts";
import { ConnectionStream, type ConnectionStreamOptions } from "../io/connection_stream.ts";
import { type Listening, openEach } from "./dual_stack.ts";

/** After a failed accept (no file descriptor left): long enough not to spin. */
const ACCEPT_PAUSE_MS = 100;

export interface StreamListenerOptions {
  /** Port 0: any free one; host `*`: every interface, over both families. */
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
  /** Where it listens as asked for, with the port that it really has. */
  readonly address: Endpoint;
  readonly #listeners: readonly TcpListening[];
  readonly #options: StreamListenerOptions;
  readonly #streams = new Set<ConnectionStream>();
  readonly #accepting: Promise<unknown>;
  #isClosed = false;

  constructor(options: StreamListenerOptions) {
    this.#options = options;
    this.#listeners = openEach(options.listen, (at) => new TcpListening(at));
    const { hostname, port } = options.listen;
    this.address = { hostname, port: this.#listeners[0]?.port ?? port };
    this.#accepting = Promise.all(this.#listeners.map((listening) => this.#accept(listening)));
  }

  /** Accepts no more, destroys all streams, and waits until they are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const listening of this.#listeners) listening.close();
    }
    await this.#accepting;
    await Promise.all([...this.#streams].map(destroyed));
  }

  async #accept({ listener }: TcpListening): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#take(await listener.accept());
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

class TcpListening implements Listening {
  readonly listener: Deno.TcpListener;

  constructor(at: Endpoint) {
    this.listener = Deno.listen({ ...at, transport: "tcp" });
  }

  get port(): number {
    return this.listener.addr.port;
  }

  close(): void {
    this.listener.close();
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || unmapped(address).startsWith("127.");
}

function destroyed(stream: ConnectionStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", () => resolve());
    stream.destroy();
  });
}
