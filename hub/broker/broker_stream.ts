/** The embedded broker's end of a client's connection: what waits to be sent takes no more than its bytes. */

import type { Buffer } from "node:buffer";
import { ConnectionStream } from "../../io/connection/connection_stream.ts";
import type { ClientIntake } from "./client_intake.ts";

/**
 * Small writes share a block while an earlier one is on its way. A message is written in about five
 * parts, each of which would else be an object of its own, ten times as large as a heartbeat.
 */
const BLOCK_BYTES = 4096;
/** aedes never waits for a client: it would hold back the messages of every publisher meanwhile. */
const SEND_BUFFER_BYTES = 16 * 1024 * 1024;

type Callback = (error?: Error | null) => void;

/** What waits to be sent to all clients together. */
export interface UnsentSum {
  bytes: number;
}

export class BrokerStream extends ConnectionStream {
  readonly intake: ClientIntake;
  readonly #sum: UnsentSum;
  readonly #blocks: Uint8Array[] = [];
  /** How much of the last block is used. */
  #used = 0;
  #unsent = 0;
  #isCounted = true;
  #sending: Promise<void> | undefined;

  /** `sum` is shared by all streams of a broker. */
  constructor(connection: Deno.Conn, intake: ClientIntake, sum: UnsentSum) {
    super(connection, { intake, sendBufferBytes: SEND_BUFFER_BYTES });
    this.intake = intake;
    this.#sum = sum;
    this.once("close", () => this.doNotCount());
  }

  /** What waits to be sent. */
  get unsentBytes(): number {
    return this.#unsent;
  }

  /**
   * Resolves when what is being sent was taken, or cannot be; `undefined` while nothing is. Deno closes no
   * connection before.
   */
  get sending(): Promise<void> | undefined {
    return this.#sending;
  }

  /** What waits for it is no part of the sum any more. */
  doNotCount(): void {
    if (this.#isCounted) this.#sum.bytes -= this.#unsent;
    this.#isCounted = false;
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#count(chunk.length);
    this.#append(chunk);
    this.#sending ??= this.#sendAll();
    callback();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    for (const { chunk } of chunks) this._write(chunk, "", () => {});
    callback();
  }

  override _final(callback: Callback): void {
    (this.#sending ?? Promise.resolve()).then(() => callback());
  }

  /** Copies into the last block what fits, and the rest into a new one. */
  #append(bytes: Uint8Array): void {
    const last = this.#blocks.at(-1);
    const fitting = last === undefined ? 0 : Math.min(bytes.length, last.length - this.#used);
    last?.set(bytes.subarray(0, fitting), this.#used);
    this.#used += fitting;
    const rest = bytes.subarray(fitting);
    if (rest.length === 0) return;
    const block = new Uint8Array(Math.max(BLOCK_BYTES, rest.length));
    block.set(rest);
    this.#blocks.push(block);
    this.#used = rest.length;
  }

  /** Never rejects: a connection that fails destroys the stream. */
  async #sendAll(): Promise<void> {
    try {
      // What is written in the same turn goes out together.
      await Promise.resolve();
      for (let block; !this.destroyed && (block = this.#takeBlock());) {
        await this.send(block);
        this.#count(-block.length);
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    this.#sending = undefined;
  }

  #takeBlock(): Uint8Array | undefined {
    const block = this.#blocks.shift();
    return this.#blocks.length > 0 ? block : block?.subarray(0, this.#used);
  }

  #count(bytes: number): void {
    this.#unsent += bytes;
    if (this.#isCounted) this.#sum.bytes += bytes;
  }
}
