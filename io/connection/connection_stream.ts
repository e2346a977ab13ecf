/** Wraps a TCP or TLS connection as the Duplex stream that MQTT libraries expect. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { ReadPace, type ReadPaceRule } from "../../core/network/read_pace.ts";
import { turn } from "../time/turn.ts";

/** Default number of bytes per read; a heartbeat is about 150 bytes. */
const READ_BYTES = 4096;
/**
 * Default number of bytes that are passed on in one turn of the event loop: a few heartbeats.
 * Timers run before the next slice, so a blinking LED waits for the work of one slice at most.
 */
const SLICE_BYTES = 512;
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
  /** Default: each byte is read at once. */
  readonly pace?: ReadPaceRule;
  /** The most bytes per read. */
  readonly readBytes?: number;
  /** A read of this many bytes may have left more. Default: `readBytes`. */
  readonly fullBytes?: number;
  /** Returns what to pass on of the received bytes. Default: all of them. */
  readonly sieve?: (bytes: Uint8Array) => Uint8Array;
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
  readonly #pace: ReadPace | undefined;
  /** What was received but not yet passed on. */
  #unread: Uint8Array = new Uint8Array();
  /** More bytes may be waiting than the last read has taken. */
  #isBehind = false;
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
    this.#buffer = new Uint8Array(options.readBytes ?? READ_BYTES);
    this.#pace = options.pace && new ReadPace(options.pace);
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
    this.#pace?.sent();
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

  /** Pauses before the next read. A write and the end of the stream cut the pause short. */
  async #pause(): Promise<void> {
    const waitMs = this.#pace?.waitMs(performance.now()) ?? 0;
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
      while (await this.#read(connection)) {
        if (await this.#handOn()) return;
        // Deno completes a read of waiting bytes at once. This gives timers a turn as well.
        await turn();
      }
    } catch (error) {
      this.destroy(asError(error));
    }
  }

  /** Returns whether the stream goes on. */
  async #read(connection: Connection): Promise<boolean> {
    await this.#pause();
    if (this.destroyed) return false;
    const count = await connection.read(this.#buffer);
    if (this.destroyed) return false;
    if (count === null) {
      this.push(null);
      return false;
    }
    this.#isBehind = count >= (this.#options.fullBytes ?? this.#buffer.length);
    this.#pace?.received({ bytes: count, isFull: this.#isBehind }, performance.now());
    const received = this.#buffer.subarray(0, count);
    this.#unread = this.#options.sieve?.(received) ?? received;
    return true;
  }

  /** Passes on the next slice when the intake allows it. Returns whether there was one. */
  async #handOn(): Promise<boolean> {
    if (this.#unread.length === 0) return false;
    const { intake, sliceBytes = SLICE_BYTES } = this.#options;
    const turn = intake?.turn(this.#isBehind);
    if (turn !== undefined) await turn;
    if (this.destroyed) return true;
    const slice = this.#unread.subarray(0, sliceBytes);
    const taken = intake?.take(slice) ?? slice.length;
    // Copies the bytes, so that a retained message does not keep the whole buffer in memory.
    this.push(new Uint8Array(this.#unread.subarray(0, taken)));
    this.#unread = this.#unread.subarray(taken);
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
