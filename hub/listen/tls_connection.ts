/**
 * A client's connection with TLS on the server's side.
 *
 * Deno begins TLS only on a listener of its own, and then keeps a connection open until its
 * handshake ends, however long the client takes. So the hub accepts the connection itself, waits
 * for the client's first message, and passes the encrypted bytes on to Deno's server on the
 * loopback interface (`inner_tls.ts`).
 */

import { decodeClientHello, HELLO_BYTES_MAX } from "../../core/network/client_hello.ts";
import { turn } from "../../io/time/turn.ts";
import { type ClientConnection, closeNow, write } from "./client_connection.ts";
import type { TlsJoint } from "./inner_tls.ts";

/** From the connection to the end of the handshake. */
const HANDSHAKE_MS = 10_000;
/** The time for the last bytes of a closed connection to be sent. */
const LINGER_MS = 1000;
/** Longer than most first messages. */
const HELLO_BYTES = 2048;
const RECEIVED_BYTES = 2048;
const SENT_BYTES = 4096;

export interface TlsConnectionOptions {
  /** Called when the client's first message is complete. `name`: the host that it asks for. */
  readonly connect: (name: string | undefined) => Promise<TlsJoint>;
  /** Sent to a client that does not begin with TLS. */
  readonly plainAnswer?: Uint8Array;
  readonly onEnd: (connection: TlsConnection) => void;
}

export class TlsConnection implements ClientConnection {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  readonly #outer: Deno.TcpConn;
  readonly #options: TlsConnectionOptions;
  readonly #secured: Promise<Deno.TlsConn>;
  #joint: TlsJoint | undefined;
  #isSecured = false;
  /** The hub wants no more of it. */
  #isClosed = false;
  #isOver = false;
  #linger: ReturnType<typeof setTimeout> | undefined;
  /** The error of the client's own connection. */
  #error: unknown;
  #hasHungUp = false;
  /** A reader waits for bytes. */
  #isWanted = true;
  #onWanted: () => void = () => {};
  /** The bytes that the client's connection has accepted. */
  #sentBytes = 0;
  #onSent: () => void = () => {};
  #sending: Promise<void> = Promise.resolve();
  #isAllSent = false;

  constructor(outer: Deno.TcpConn, options: TlsConnectionOptions) {
    this.#outer = outer;
    this.#options = options;
    this.localAddr = outer.localAddr;
    this.remoteAddr = outer.remoteAddr;
    this.#secured = this.#secure();
    // Whoever reads or writes gets the error.
    this.#secured.catch(() => {});
  }

  /** Rejects with the reason when the handshake fails. */
  async read(buffer: Uint8Array): Promise<number | null> {
    const far = await this.#secured;
    this.#isWanted = true;
    this.#onWanted();
    try {
      return await far.read(buffer);
    } catch (error) {
      // Many clients hang up without a farewell of TLS.
      if (this.#hasHungUp && !this.#isClosed) return null;
      throw this.#error ?? error;
    } finally {
      this.#isWanted = false;
    }
  }

  /** Resolves when the client's own connection has accepted the bytes. */
  async write(bytes: Uint8Array): Promise<number> {
    const far = await this.#secured;
    const before = this.#sentBytes;
    const count = await far.write(bytes);
    // Encryption only adds bytes.
    await this.#untilSent(before + count);
    return count;
  }

  /** Resolves when all is sent. */
  async closeWrite(): Promise<void> {
    const far = await this.#secured;
    await far.closeWrite();
    await this.#sending;
  }

  /** What was written is still sent, if the client takes it at once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onWanted();
    if (this.#isSecured) this.#finish();
    else this.end();
  }

  /** Ends it at once. */
  end(): void {
    if (this.#isOver) return;
    this.#isClosed = true;
    this.#isOver = true;
    clearTimeout(this.#linger);
    for (const end of [this.#joint?.near, this.#joint?.far, this.#outer]) if (end) closeNow(end);
    this.#onWanted();
    this.#onSent();
    this.#options.onEnd(this);
  }

  async #secure(): Promise<Deno.TlsConn> {
    const timer = setTimeout(() => {
      this.#error ??= new Deno.errors.TimedOut("the TLS handshake takes too long");
      this.end();
    }, HANDSHAKE_MS);
    try {
      const { bytes, name } = await this.#readHello();
      const joint = await this.#options.connect(name);
      this.#joint = joint;
      if (this.#isOver) throw new Deno.errors.BadResource("closed");
      this.#sending = this.#send(joint.near);
      void this.#receive(joint.near, bytes);
      await joint.far.handshake();
      this.#isSecured = true;
      return joint.far;
    } catch (error) {
      // The client still learns from TLS why it fails.
      this.#finish();
      throw this.#error ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #readHello(): Promise<{ readonly bytes: Uint8Array; readonly name: string | undefined }> {
    let buffer = new Uint8Array(HELLO_BYTES);
    let length = 0;
    for (;;) {
      const count = await this.#outer.read(buffer.subarray(length));
      if (count === null) throw new Deno.errors.UnexpectedEof("hung up before the TLS handshake");
      length += count;
      const bytes = buffer.subarray(0, length);
      const hello = decodeClientHello(bytes);
      if (hello.kind === "whole") return { bytes, name: hello.name };
      if (hello.kind === "not_tls" || length >= HELLO_BYTES_MAX) {
        await this.#answerPlainly();
        throw new Deno.errors.InvalidData("it does not begin with TLS");
      }
      if (length < buffer.length) continue;
      const larger = new Uint8Array(Math.min(HELLO_BYTES_MAX, length * 2));
      larger.set(buffer);
      buffer = larger;
    }
  }

  async #answerPlainly(): Promise<void> {
    const { plainAnswer } = this.#options;
    if (plainAnswer !== undefined) await write(this.#outer, plainAnswer);
  }

  /** Passes on what the client sends, as far as somebody reads it. */
  async #receive(near: Deno.TcpConn, first: Uint8Array): Promise<void> {
    const buffer = new Uint8Array(RECEIVED_BYTES);
    try {
      await write(near, first);
      for (;;) {
        await turn();
        if (!this.#isWanted) await new Promise<void>((resolve) => this.#onWanted = resolve);
        if (this.#isClosed) return;
        const count = await this.#outer.read(buffer);
        if (count === null) {
          this.#hasHungUp = true;
          return await near.closeWrite();
        }
        await write(near, buffer.subarray(0, count));
      }
    } catch (error) {
      this.#error ??= error;
      closeNow(near);
    }
  }

  /** Passes on what the hub sends. */
  async #send(near: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(SENT_BYTES);
    try {
      for (let count; (count = await near.read(buffer)) !== null;) {
        await write(this.#outer, buffer.subarray(0, count));
        this.#sentBytes += count;
        this.#onSent();
      }
      await this.#outer.closeWrite();
    } catch (error) {
      this.#error ??= error;
    }
    this.#isAllSent = true;
    this.#onSent();
    if (this.#isClosed) this.end();
  }

  async #untilSent(bytes: number): Promise<void> {
    while (this.#sentBytes < bytes) {
      if (this.#isAllSent) throw this.#error ?? new Deno.errors.BrokenPipe("closed");
      await new Promise<void>((resolve) => this.#onSent = resolve);
    }
  }

  /** Ends it when the last bytes are sent, or soon. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isClosed = true;
    this.#onWanted();
    if (this.#joint === undefined || this.#isAllSent) return this.end();
    closeNow(this.#joint.far);
    this.#linger = setTimeout(() => this.end(), LINGER_MS);
  }
}
