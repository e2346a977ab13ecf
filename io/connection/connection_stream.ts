/** A TCP or TLS connection as the Duplex that MQTT libraries expect, on either side of it. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { turn } from "../time/turn.ts";

/** Read at once; a heartbeat is about 100 bytes. */
const READ_BYTES = 4096;
/**
 * Handed on in one turn of the event loop, where no other number is given: a few heartbeats. Before the
 * next slice timers get their turn, for what a blinking LED waits for is never more than the work of one
 * slice.
 */
const SLICE_BYTES = 512;
/** What was sent is answered within so many reads: what waits already comes first. */
const PROMPT_READS = 3;
/** From so many waiting bytes on `write` asks the writer to pause, where no other number is given. */
const SEND_BUFFER_BYTES = 64 * 1024;

/** What a stream needs of a connection. */
export type Connection = Pick<
  Deno.Conn,
  "read" | "write" | "close" | "localAddr" | "remoteAddr"
>;

/** Decides when received bytes are handed on, and how many. What it throws destroys the stream. */
export interface Intake {
  /**
   * Resolves when the next bytes may be handed on; `undefined`: at once. `isBehind`: more waits than one
   * read could take.
   */
  turn(isBehind: boolean): Promise<void> | undefined;
  /** How many of these bytes are handed on now: one at least. */
  take(bytes: Uint8Array): number;
  /** The stream is destroyed: a turn that is awaited resolves. */
  end(): void;
}

export interface ConnectionStreamOptions {
  /** Aborted when the stream is destroyed, so that a dial still in progress ends with it. */
  readonly stop?: AbortController;
  /**
   * At least so long between two reads, unless more waits than one read can take, or something was
   * sent, whose answer is wanted: who need not hear everything at once is woken less often, which is
   * most of what hearing costs.
   */
  readonly readEveryMs?: number;
  /** Left out: whatever is received is handed on. */
  readonly intake?: Intake;
  /** So much is handed on in one turn of the event loop; a few heartbeats where left out. */
  readonly sliceBytes?: number;
  /** From so many waiting bytes on `write` answers `false`. */
  readonly sendBufferBytes?: number;
}

type Callback = (error?: Error | null) => void;

/**
 * Takes over a connection, or one that is still being made. It is closed when the stream is
 * destroyed; a dial that fails destroys the stream with its error.
 *
 * Deno's node:net becomes slow with many connections, its node:tls hides why a certificate was
 * refused, and `Duplex.fromWeb` throws when a peer leaves; hence this class.
 */
export class ConnectionStream extends Duplex {
  readonly #connection: Promise<Connection>;
  /** The connection once it is made. */
  #made: Connection | undefined;
  readonly #options: ConnectionStreamOptions;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  /** What of the buffer was read and not handed on yet. */
  #unread = { from: 0, to: 0 };
  /** The last read took all that it could, and left something. */
  #isBehind = false;
  #nextReadMs = 0;
  /** Reads without a pause that are left since something was sent. */
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

  /** The IP address of this end; `undefined` until the connection is made. */
  get localAddress(): string | undefined {
    return addressOf(this.#made?.localAddr);
  }

  /** The IP address of the other end; `undefined` until the connection is made. */
  get remoteAddress(): string | undefined {
    return addressOf(this.#made?.remoteAddr);
  }

  override _read(): void {
    this.#connection.then(
      (connection) => {
        if (!this.destroyed) this.#receiving = this.#receive(connection);
      },
      () => {}, // the constructor tells
    );
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#promptReads = PROMPT_READS;
    this.#nextReadMs = 0;
    this.#endPause();
    this.send(chunk).then(() => callback(), (error) => callback(asError(error)));
  }

  /** MQTT libraries write a packet field by field: without this each would be a TCP segment. */
  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "", callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#options.stop?.abort();
    this.#options.intake?.end();
    this.#endPause();
    this.#connection.then(close, () => {});
    // "close" promises that nothing is being read any more. A write may remain: Deno does not
    // interrupt one whose peer has stopped reading.
    this.#receiving.then(() => callback(error));
  }

  /** The pause before the next read, which the stream's end cuts short. */
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

  /** Hands the next slice on, if there is one, when it may be. */
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
    // A copy of its own size: whoever keeps a payload (a retained message) keeps no more than that.
    this.push(this.#buffer.slice(from, next));
    return true;
  }

  /** Resolves when the connection has taken all bytes. */
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
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed already by a stopped dial
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
