/**
 * Accepts connections. It continues when files run out: Deno's `accept` fails then, and works again
 * later.
 */

import type { Endpoint } from "../../core/config/settings.ts";
import { turn } from "../../io/time/turn.ts";
import { BoundPort } from "./bound_port.ts";

/** The delay after a failed accept (no free file descriptor), so that the loop does not spin. */
const PAUSE_MS = 100;

export interface AcceptOptions {
  /** Port 0 means any free port; host `*` means every interface, with IPv4 and IPv6. */
  readonly listen: Endpoint | BoundPort;
  readonly onConnection: (connection: Deno.TcpConn) => void;
  /** A connection could not be accepted. */
  readonly onTrouble: (error: unknown) => void;
}

/** Accepts from construction to disposal. The constructor throws when it cannot listen. */
export class Acceptor implements AsyncDisposable {
  /** The configured address with the actual port. */
  readonly address: Endpoint;
  readonly #port: BoundPort;
  readonly #options: AcceptOptions;
  readonly #accepting: Promise<unknown>;
  #isClosed = false;

  constructor(options: AcceptOptions) {
    this.#options = options;
    const { listen } = options;
    this.#port = listen instanceof BoundPort ? listen : new BoundPort(listen);
    this.address = this.#port.address;
    this.#accepting = Promise.all(this.#port.listeners.map((one) => this.#accept(one)));
  }

  /** Stops accepting. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#port.close();
    }
    await this.#accepting;
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
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

  /** An error of one connection must not stop the next one. */
  #handOver(connection: Deno.TcpConn): void {
    try {
      this.#options.onConnection(connection);
    } catch (error) {
      connection.close();
      this.#options.onTrouble(error);
    }
  }
}

/**
 * A client that hangs up before it is accepted must not delay the next one: many could do so at
 * once.
 */
function hasHungUp(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset;
}
