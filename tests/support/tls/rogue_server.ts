/** A server in the middle: what clients reveal to it once TLS is up. */

import type { CertificateAndKey } from "../../../hub/tls/certificate_facts.ts";

export class RogueServer implements AsyncDisposable {
  readonly #listener: Deno.TlsListener;
  readonly #accepting: Promise<void>;
  readonly #open = new Set<Deno.TlsConn>();
  /** How many clients have come. */
  attempts = 0;
  /** What they have said. */
  receivedBytes = 0;

  constructor({ certificate: cert, key }: CertificateAndKey) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const reading: Promise<void>[] = [];
    try {
      for (;;) reading.push(this.#read(await this.#listener.accept()));
    } catch {
      // The listener is closed.
    }
    await Promise.all(reading);
  }

  async #read(connection: Deno.TlsConn): Promise<void> {
    this.#open.add(connection);
    this.attempts++;
    try {
      // A handshake that the other side refuses appears as an error.
      this.receivedBytes += await connection.read(new Uint8Array(4096)) ?? 0;
    } catch {
      // It has said nothing.
    }
    if (this.#open.delete(connection)) connection.close();
  }
}
