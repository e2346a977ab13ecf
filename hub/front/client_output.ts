/** The output to a client of the page, which may read slowly or not at all. */

import type { ExchangeClock } from "../../core/limits/exchange_clock.ts";
import { type ClientConnection, closeNow, write } from "../listen/client_connection.ts";

export class ClientOutput {
  readonly #connection: ClientConnection;
  readonly #clock: ExchangeClock;
  readonly #ended = Promise.withResolvers<void>();
  #isEnded = false;
  #sending: Promise<void> | undefined;

  constructor(connection: ClientConnection, clock: ExchangeClock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** The write that the system has not accepted yet. */
  get sending(): Promise<void> | undefined {
    return this.#sending;
  }

  /** Resolves when the system has accepted all bytes. */
  async send(bytes: Uint8Array): Promise<void> {
    this.#clock.sending(performance.now());
    this.#sending = write(this.#connection, bytes);
    try {
      await this.#sending;
    } finally {
      this.#sending = undefined;
    }
    this.#clock.sent(performance.now());
  }

  /** Sends an answer without a body, such as `503 Service Unavailable`, and closes. */
  async sendStatus(status: string): Promise<void> {
    const text = `HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    await this.send(new TextEncoder().encode(text));
    await this.close();
  }

  /** Closes in order: the client still receives what was sent. */
  async close(): Promise<void> {
    this.#clock.closes(performance.now());
    await this.#connection.closeWrite();
  }

  /** Resolves when nothing is being sent, or at the end. */
  async taken(): Promise<void> {
    while (this.#sending !== undefined && !this.#isEnded) {
      await Promise.race([this.#sending.catch(() => {}), this.#ended.promise]);
    }
  }

  /** Ends the connection at once, even if there is unsent data. */
  end(): void {
    this.#isEnded = true;
    this.#ended.resolve();
    closeNow(this.#connection);
  }
}
