/** Deno's TLS server on the loopback interface, which serves connections of the hub's own alone. */

import { closeNow } from "./client_connection.ts";

const HOSTNAME = "127.0.0.1";
/** The time for the other end of a connection to be named. Both ends are in this program. */
const CLAIM_MS = 5000;
/** The delay after a failed accept (no free file descriptor), so that the loop does not spin. */
const PAUSE_MS = 100;

/** A certificate and its key, as PEM texts. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Both ends of a connection: what is written to `near` in TLS is read from `far` in the clear. */
export interface TlsJoint {
  readonly near: Deno.TcpConn;
  readonly far: Deno.TlsConn;
}

/** Listens from construction to disposal. The constructor throws when the certificate is unusable. */
export class InnerTls implements Disposable {
  readonly #listener: Deno.TlsListener;
  /** By the port of the near end. */
  readonly #awaited = new Map<number, PromiseWithResolvers<Deno.TlsConn>>();
  readonly #unnamed = new Map<number, Deno.TlsConn>();
  #isClosed = false;

  constructor({ certificate: cert, key }: ServerCertificate) {
    this.#listener = Deno.listenTls({ hostname: HOSTNAME, port: 0, cert, key });
    void this.#accept();
  }

  /** Makes a connection. Throws when that fails, for example when there are no free files. */
  async connect(): Promise<TlsJoint> {
    const { port } = this.#listener.addr;
    const near = await Deno.connect({ hostname: HOSTNAME, port, transport: "tcp" });
    try {
      near.setNoDelay(true);
      return { near, far: await this.#farEnd(near.localAddr.port) };
    } catch (error) {
      closeNow(near);
      throw error;
    }
  }

  /** Connections that were made stay. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    for (const { reject } of this.#awaited.values()) reject(new Error("the server has closed"));
    for (const connection of this.#unnamed.values()) closeNow(connection);
    this.#awaited.clear();
    this.#unnamed.clear();
  }

  async #farEnd(port: number): Promise<Deno.TlsConn> {
    const arrived = this.#unnamed.get(port);
    if (arrived !== undefined) {
      this.#unnamed.delete(port);
      return arrived;
    }
    const awaited = Promise.withResolvers<Deno.TlsConn>();
    this.#awaited.set(port, awaited);
    const timer = setTimeout(() => awaited.reject(new Error("it was not accepted")), CLAIM_MS);
    try {
      return await awaited.promise;
    } finally {
      clearTimeout(timer);
      this.#awaited.delete(port);
    }
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#take(await this.#listener.accept());
      } catch {
        // A client that needs the connection waits for it only for a while.
        if (!this.#isClosed) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  #take(connection: Deno.TlsConn): void {
    const { port } = connection.remoteAddr;
    const awaited = this.#awaited.get(port);
    if (awaited !== undefined) return awaited.resolve(connection);
    this.#unnamed.set(port, connection);
    // Another program of this machine may have made it.
    setTimeout(() => {
      if (this.#unnamed.get(port) !== connection) return;
      this.#unnamed.delete(port);
      closeNow(connection);
    }, CLAIM_MS);
  }
}
