/** Accepts connections, also when files run out: Deno's `accept` fails then, and works again later. */

import type { Endpoint } from "../../core/config/settings.ts";
import { turn } from "../../io/time/turn.ts";
import { type Listening, openEach } from "./dual_stack.ts";

/** After a failed accept (no file descriptor left): long enough not to spin. */
const PAUSE_MS = 100;

export interface AcceptOptions {
  /** Port 0: any free one; host `*`: every interface, over both families. */
  readonly listen: Endpoint;
  readonly onConnection: (connection: Deno.TcpConn) => void;
  /** A connection could not be accepted. */
  readonly onTrouble: (error: unknown) => void;
}

/** Accepts from its construction until it is disposed. The constructor throws when it cannot listen. */
export class Acceptor implements AsyncDisposable {
  /** Where it listens as asked for, with the port that it really has. */
  readonly address: Endpoint;
  readonly #listeners: readonly TcpListening[];
  readonly #options: AcceptOptions;
  readonly #accepting: Promise<unknown>;
  #isClosed = false;

  constructor(options: AcceptOptions) {
    this.#options = options;
    const { hostname, port } = options.listen;
    this.#listeners = openEach(options.listen, (at) => new TcpListening(at));
    this.address = { hostname, port: this.#listeners[0]?.port ?? port };
    this.#accepting = Promise.all(this.#listeners.map((listening) => this.#accept(listening)));
  }

  /** Accepts no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const listening of this.#listeners) listening.close();
    }
    await this.#accepting;
  }

  async #accept({ listener }: TcpListening): Promise<void> {
    while (!this.#isClosed) {
      await turn();
      if (this.#isClosed) return;
      try {
        this.#handOver(await listener.accept());
      } catch (error) {
        if (this.#isClosed) return;
        if (hasHungUp(error)) continue;
        this.#options.onTrouble(error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  /** Whatever is wrong with one connection must not hold up the next one. */
  #handOver(connection: Deno.TcpConn): void {
    try {
      this.#options.onConnection(connection);
    } catch (error) {
      connection.close();
      this.#options.onTrouble(error);
    }
  }
}

/** Whoever hangs up before it is accepted must not hold up the next one: many could do so at once. */
function hasHungUp(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset;
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
