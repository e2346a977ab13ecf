/** Begins TLS on accepted connections, with certificates that may change meanwhile. */

import type { ClientConnection } from "./client_connection.ts";
import { InnerTls, type ServerCertificate, type TlsJoint } from "./inner_tls.ts";
import { TlsConnection } from "./tls_connection.ts";
import type { Turnstile } from "./turnstile.ts";

/** A certificate, and for which hosts it is served. */
export interface ServedCertificate {
  readonly certificate: ServerCertificate;
  readonly covers: (host: string) => boolean;
}

export interface TlsTerminatorOptions {
  /** Limits how many handshakes begin in one turn of the event loop. */
  readonly turnstile: Turnstile;
  /** Sent to a client that does not begin with TLS. */
  readonly plainAnswer?: Uint8Array;
}

interface Serving extends ServedCertificate {
  readonly server: InnerTls;
}

export class TlsTerminator implements Disposable {
  readonly #options: TlsTerminatorOptions;
  /** The last one serves all hosts that no other covers. */
  #serving: readonly Serving[] = [];
  readonly #connections = new Set<TlsConnection>();

  constructor(options: TlsTerminatorOptions) {
    this.#options = options;
  }

  /**
   * Serves these certificates from now on: to a client the first one that covers the host that it
   * asks for, else the last one. Connections that were made stay. Throws when one cannot be used;
   * then nothing changes.
   */
  serve(certificates: readonly ServedCertificate[]): void {
    const former = this.#serving;
    const opened: InnerTls[] = [];
    try {
      this.#serving = certificates.map((one) => {
        const same = former.find(({ certificate }) => isSame(certificate, one.certificate));
        const server = same?.server ?? new InnerTls(one.certificate);
        if (same === undefined) opened.push(server);
        return { ...one, server };
      });
    } catch (error) {
      for (const server of opened) server[Symbol.dispose]();
      throw error;
    }
    const kept = new Set(this.#serving.map(({ server }) => server));
    for (const { server } of former) if (!kept.has(server)) server[Symbol.dispose]();
  }

  /** Begins TLS. The handshake goes on by itself; reading and writing wait for it. */
  secure(connection: Deno.TcpConn): ClientConnection {
    const { plainAnswer } = this.#options;
    const secured = new TlsConnection(connection, {
      connect: (host) => this.#connect(host),
      ...(plainAnswer === undefined ? {} : { plainAnswer }),
      onEnd: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(secured);
    return secured;
  }

  /** Ends all connections. */
  [Symbol.dispose](): void {
    for (const { server } of this.#serving) server[Symbol.dispose]();
    this.#serving = [];
    for (const connection of this.#connections) connection.end();
  }

  async #connect(host: string | undefined): Promise<TlsJoint> {
    await this.#options.turnstile.pass();
    const chosen = this.#serving.find(({ covers }) => host !== undefined && covers(host)) ??
      this.#serving.at(-1);
    if (chosen === undefined) throw new Error("there is no certificate");
    return await chosen.server.connect();
  }
}

function isSame(a: ServerCertificate, b: ServerCertificate): boolean {
  return a.certificate === b.certificate && a.key === b.key;
}
