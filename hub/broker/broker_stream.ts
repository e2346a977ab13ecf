/** The embedded broker's end of a client's connection. It stores unsent data without overhead. */

import type { Buffer } from "node:buffer";
import { type Connection, ConnectionStream } from "../../io/connection/connection_stream.ts";
import { Traffic } from "../../core/network/traffic.ts";
import type { ClientIntake } from "./client_intake.ts";
import type { SendBeat } from "./send_beat.ts";

/**
 * Small writes share a block while an earlier one is being sent. A message is written in about five
 * parts. Otherwise each part would be a separate object, ten times as large as a heartbeat.
 */
const BLOCK_BYTES = 4096;
/**
 * A client that receives more than this, such as the hub of about 60 nodes or more, receives data at
 * intervals, because a separate send would cost more than the message.
 */
const BUSY_BYTES_PER_S = 10_000;
/** With more waiting bytes than this, the stream sends at once. */
const WAITING_BYTES_MAX = 64 * 1024;
/** aedes must never wait for a client, because this would delay the messages of all publishers. */
const SEND_BUFFER_BYTES = 16 * 1024 * 1024;

type Callback = (error?: Error | null) => void;

/** The unsent bytes of all clients. */
export interface UnsentSum {
  bytes: number;
}

/** What all streams of a broker share. */
export interface SharedSending {
  readonly unsent: UnsentSum;
  readonly beat: SendBeat;
}

export class BrokerStream extends ConnectionStream {
  readonly intake: ClientIntake;
  readonly #sum: UnsentSum;
  readonly #beat: SendBeat;
  readonly #traffic = new Traffic();
  #bytesPerS = 0;
  readonly #blocks: Uint8Array[] = [];
  /** The used part of the last block. */
  #used = 0;
  #unsent = 0;
  #isCounted = true;
  #sending: Promise<void> | undefined;
  #endWait: () => void = () => {};

  constructor(connection: Connection, intake: ClientIntake, { unsent, beat }: SharedSending) {
    super(connection, { intake, sendBufferBytes: SEND_BUFFER_BYTES });
    this.intake = intake;
    this.#sum = unsent;
    this.#beat = beat;
    this.once("close", () => this.doNotCount());
  }

  /** The number of unsent bytes. */
  get unsentBytes(): number {
    return this.#unsent;
  }

  /**
   * Resolves when the connection has accepted the current write or has failed; `undefined` when
   * nothing is being sent. Deno closes a connection only after that.
   */
  get sending(): Promise<void> | undefined {
    return this.#sending;
  }

  /** From now on its unsent bytes do not count in the sum. */
  doNotCount(): void {
    if (this.#isCounted) this.#sum.bytes -= this.#unsent;
    this.#isCounted = false;
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#count(chunk.length);
    this.#append(chunk);
    if (this.#unsent >= WAITING_BYTES_MAX) this.#endWait();
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

  /** Fills the last block and copies the rest into a new one. */
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
      // Writes of the same turn go out together.
      await Promise.resolve();
      if (this.#bytesPerS > BUSY_BYTES_PER_S) await this.#nextBeat();
      let sent = 0;
      for (let block; !this.destroyed && (block = this.#takeBlock());) {
        await this.send(block);
        this.#count(-block.length);
        sent += block.length;
      }
      this.#bytesPerS = this.#traffic.count(sent, performance.now());
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    this.#sending = undefined;
  }

  /** Resolves at the next beat, or when more than `WAITING_BYTES_MAX` bytes wait. */
  async #nextBeat(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    await Promise.race([this.#beat.next, promise]);
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
