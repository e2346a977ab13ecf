/** A connection that returns only the bytes that pass a sieve. */

import { setImmediate } from "node:timers";
import type { Connection } from "../connection/connection_stream.ts";

/** A flood is read in parts of this size. */
const READ_BYTES = 64 * 1024;

export class SievedConnection implements Connection {
  readonly #connection: Connection;
  readonly #sieve: (bytes: Uint8Array) => Uint8Array;
  readonly #buffer = new Uint8Array(READ_BYTES);
  /** Bytes that have passed the sieve but were not read yet. */
  #passed: Uint8Array = new Uint8Array();

  constructor(connection: Connection, sieve: (bytes: Uint8Array) => Uint8Array) {
    this.#connection = connection;
    this.#sieve = sieve;
  }

  get localAddr(): Deno.Addr {
    return this.#connection.localAddr;
  }

  get remoteAddr(): Deno.Addr {
    return this.#connection.remoteAddr;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#passed.length === 0) {
      const count = await this.#connection.read(this.#buffer);
      if (count === null) return null;
      this.#passed = this.#sieve(this.#buffer.subarray(0, count));
      // Deno completes a read of waiting bytes at once. This gives timers a turn as well.
      if (this.#passed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const count = Math.min(into.length, this.#passed.length);
    into.set(this.#passed.subarray(0, count));
    this.#passed = this.#passed.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  close(): void {
    this.#connection.close();
  }
}
