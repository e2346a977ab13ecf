/** Wraps a TCP or TLS connection as the Duplex stream that MQTT libraries expect. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { turn } from "../time/turn.ts";

/** Bytes per read; a heartbeat is about 100 bytes. */
const READ_BYTES = 4096;
/**
 * Default number of bytes that are passed on in one turn of the event loop: a few heartbeats.
 * Timers run before the next slice, so a blinking LED waits for the work of one slice at most.
 */
const SLICE_BYTES = 512;
/** The answer to a write arrives within this many reads, because older data comes first. */
const PROMPT_READS = 3;
/** Default number of buffered bytes at which `write` asks the writer to pause. */
const SEND_BUFFER_BYTES = 64 * 1024;

/** The part of a connection that a stream uses. */
export type Connection = Pick<
  Deno.Conn,
  "read" | "write" | "close" | "localAddr" | "remoteAddr"
>;

/**
 * Decides when received bytes are passed on, and how many. An error that it throws destroys the
 * stream.
 */
export interface Intake {
  /**
   * Resolves when the next bytes may be passed on; `undefined` means at once. `isBehind` means that
   * more bytes are waiting than one read can take.
   */
  turn(isBehind: boolean): Promise<void> | undefined;
  /** Returns how many of these bytes to pass on now, at least one. */
  take(bytes: Uint8Array): number;
  /** The stream is destroyed: a pending `turn` must resolve. */
  end(): void;
}

export interface ConnectionStreamOptions {
  /** Aborted when the stream is destroyed, which also ends a dial in progress. */
  readonly stop?: AbortController;
  /**
   * The minimum time between two reads. It does not apply when more bytes are waiting than one read
   * can take, or after a write, whose answer should arrive soon. A program that can wait is woken
   * less often, which saves most of the cost of receiving.
   */
  readonly readEveryMs?: number;
  /** Default: all received bytes are passed on. */
  readonly intake?: Intake;
  /**
   * Number of bytes that are passed on in one turn of the event loop. Default: a few heartbeats.
   */
  readonly sliceBytes?: number;
  /** Number of buffered bytes at which `write` returns `false`. */
  readonly sendBufferBytes?: number;
}

type Callback = (error?: Error | null) => void;

/**
 * Takes ownership of a connection, or of one that is still being made. The stream closes it when it
 * is destroyed. A dial that fails destroys the stream with its error.
 *
 * Deno's node:net gets slow with many connections, its node:tls hides why a certificate was
 * refused, and `Duplex.fromWeb` throws when a peer leaves. This class avoids all three.
 */
export class ConnectionStream extends Duplex {
  readonly #connection: Promise<Connection>;
  /** The connection, once it is established. */
  #made: Connection | undefined;
  readonly #options: ConnectionStreamOptions;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  /** The part of the buffer that was received but not yet passed on. */
  #unread = { from: 0, to: 0 };
  /** The last read filled the buffer, and more bytes were waiting. */
  #isBehind = false;
  #nextReadMs = 0;
  /** Remaining reads without a pause after the last write. */
  #promptReads = 0;
  #endPause: () => void = () => {};
  #receiving: Promise<void> = Promise.resolve();

  constructor(
    connection: Promise<Connection> | Connection,
    options: ConnectionStreamOptions = {},
  ) {
    super({
      allowHalfOpen: false,
      autoDestroy: true,
      emitClose: true,
      readableHighWaterMark: READ_BYTES,
      writableHighWaterMark: options.sendBufferBytes ?? SEND_BUFFER_BYTES,
    });
    this.#options = options;
    this.#buffer = new Uint8Array(Math.max(READ_BYTES, options.sliceBytes ?? 0));
    this.#connection = Promise.resolve(connection);
    this.#connection.then(
      (made) => this.#made = made,
      (error) => this.destroy(asError(error)),
    );
  }

  /** The local IP address; `undefined` until the connection is established. */
  get localAddress(): string | undefined {
    return addressOf(this.#made?.localAddr);
  }

  /** The remote IP address; `undefined` until the connection is established. */
  get remoteAddress(): string | undefined {
    return addressOf(this.#made?.remoteAddr);
  }

  override _read(): void {
    this.#connection.then(
      (connection) => {
        if (!this.destroyed) this.#receiving = this.#receive(connection);
      },
      () => {}, // the constructor handles the error
    );
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#promptReads = PROMPT_READS;
    this.#nextReadMs = 0;
    this.#endPause();
    this.send(chunk).then(() => callback(), (error) => callback(asError(error)));
  }

  /**
   * MQTT libraries write a packet field by field. Without this method each field would be a TCP
   * segment.
   */
  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "", callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#options.stop?.abort();
    this.#options.intake?.end();
    this.#endPause();
    this.#connection.then(close, () => {});
    // "close" guarantees that no read is pending. A write may remain: Deno does not interrupt a
    // write whose peer has stopped reading.
    this.#receiving.then(() => callback(error));
  }

  /** Pauses before the next read. The end of the stream cuts the pause short. */
  async #pace(): Promise<void> {
    const waitMs = this.#nextReadMs - performance.now();
    if (waitMs <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    this.#endPause = () => {
      clearTimeout(timer);
      resolve();
    };
    await promise;
  }

  async #receive(connection: Connection): Promise<void> {
    try {
      await turn();
      if (this.destroyed || await this.#handOn()) return;
      await this.#pace();
      if (this.destroyed) return;
      const count = await connection.read(this.#buffer);
      if (this.destroyed) return;
      if (count === null) {
        this.push(null);
        return;
      }
      this.#isBehind = count === this.#buffer.length;
      const isPrompt = this.#isBehind || this.#promptReads > 0;
      this.#promptReads = Math.max(0, this.#promptReads - 1);
      this.#nextReadMs = isPrompt ? 0 : performance.now() + (this.#options.readEveryMs ?? 0);
      this.#unread = { from: 0, to: count };
      await this.#handOn();
    } catch (error) {
      this.destroy(asError(error));
    }
  }

  /** Passes on the next slice when the intake allows it. Returns whether there was one. */
  async #handOn(): Promise<boolean> {
    const { from, to } = this.#unread;
    if (from === to) return false;
    const { intake, sliceBytes = SLICE_BYTES } = this.#options;
    const turn = intake?.turn(this.#isBehind);
    if (turn !== undefined) await turn;
    if (this.destroyed) return true;
    const slice = this.#buffer.subarray(from, Math.min(to, from + sliceBytes));
    const next = from + (intake?.take(slice) ?? slice.length);
    this.#unread = { from: next, to };
    // Copies the bytes, so that a retained message does not keep the whole buffer in memory.
    this.push(this.#buffer.slice(from, next));
    return true;
  }

  /** Resolves when the connection has accepted all bytes. */
  protected async send(bytes: Uint8Array): Promise<void> {
    const connection = await this.#connection;
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  }
}

function addressOf(address: Deno.Addr | undefined): string | undefined {
  return address?.transport === "tcp" ? address.hostname : undefined;
}

function close(connection: Connection): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // a stopped dial has already closed it
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
