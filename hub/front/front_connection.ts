/**
 * One connection to the page. It is joined with one to the hub's own server when its request is
 * complete.
 */

import { ExchangeClock, type Overdue } from "../../core/limits/exchange_clock.ts";
import { unmapped } from "../../core/network/host.ts";
import { turn } from "../../io/time/turn.ts";
import { type ClientConnection, closeNow, write } from "../listen/client_connection.ts";
import type { Turnstile } from "../listen/turnstile.ts";
import { ClientOutput } from "./client_output.ts";
import type { Placed } from "./front_places.ts";
import type { Caller, InnerServer, Joint } from "./inner_server.ts";
import { type Head, readHead } from "./request_head.ts";

/** A small piece, because it may hold many requests. */
const REQUEST_BYTES = 2 * 1024;
const ANSWER_BYTES = 16 * 1024;
/** The bytes to accept from a client before the server answers. None of our requests is longer. */
const REQUEST_BYTES_MAX = 128 * 1024;

/** The client's end of a connection. */
export interface Peer {
  readonly remoteAddr: Deno.NetAddr;
  readonly source: string;
  readonly isTrusted: boolean;
  /** It has come by TLS to the hub itself. */
  readonly isSecure: boolean;
}

export interface FrontConnectionOptions {
  readonly inner: InnerServer;
  /** Limits the requests of unknown clients. */
  readonly turnstile: Turnstile;
  /** The request is complete. Returns how many bytes its answer may have. */
  readonly onWhole: (connection: FrontConnection) => number;
  /** The client has sent more, or the server begins to answer. */
  readonly onTurn: (connection: FrontConnection, turn: "asks" | "is_answered") => void;
  /** The connection watches the feed, or its user is logged in. */
  readonly onKnown: (connection: FrontConnection, isLoggedIn: boolean) => void;
  /** A viewer sends more than the feed needs. */
  readonly onFeedInput: (connection: FrontConnection) => void;
  /**
   * The connection has ended. `stuck` is a write to a client that does not read. The system keeps
   * its file open until then, because Deno interrupts no write.
   */
  readonly onEnd: (connection: FrontConnection, stuck: Promise<void> | undefined) => void;
}

export class FrontConnection implements Caller, Placed {
  readonly peer: Peer;
  readonly #outer: ClientConnection;
  readonly #options: FrontConnectionOptions;
  readonly #clock = new ExchangeClock(performance.now());
  readonly #output: ClientOutput;
  #joint: Joint | undefined;
  #isEnded = false;
  #isLoggedIn = false;
  #answerBytesLeft = 0;
  #serverHasEnded = false;
  /** Bytes received since the server's last output, and the waiter for more output. */
  #requestBytes = 0;
  #onAnswer = () => {};
  #isAnswered = false;

  constructor(outer: ClientConnection, peer: Peer, options: FrontConnectionOptions) {
    this.#outer = outer;
    this.peer = peer;
    this.#options = options;
    this.#output = new ClientOutput(outer, this.#clock);
  }

  /** Runs from the first byte to the last. Never throws. */
  async run(): Promise<void> {
    try {
      const head = await readHead(this.#outer, (bytes) => this.#clock.received(bytes, now()));
      if (head.kind === "whole") await this.#serve(head.bytes);
      else await this.#refuse(head);
    } catch {
      // Either end has closed the connection, so nobody is left to report to.
    } finally {
      this.end();
    }
  }

  get remoteAddr(): Deno.NetAddr {
    return this.peer.remoteAddr;
  }

  get isSecure(): boolean {
    return this.peer.isSecure;
  }

  /** The client's address in text form. */
  get address(): string {
    return unmapped(this.remoteAddr.hostname);
  }

  /** Whether the connection has a request that is being answered. */
  get isJoined(): boolean {
    return this.#joint !== undefined;
  }

  overdue(): Overdue | undefined {
    return this.#clock.overdue(now());
  }

  /** Ends at once, even if there is unsent data. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#output.end();
    this.#onAnswer();
    this.#partInner();
    this.#options.onEnd(this, this.#output.sending);
  }

  async taken(): Promise<void> {
    await this.#output.taken();
  }

  views(): void {
    this.#clock.becomesWebSocket(now());
    this.#options.onKnown(this, false);
  }

  loggedIn(): void {
    this.#isLoggedIn = true;
    this.#answerBytesLeft = Infinity;
    this.#options.onKnown(this, true);
  }

  async #serve(head: Uint8Array): Promise<void> {
    if (this.#isEnded) return;
    this.#clock.requestComplete();
    this.#answerBytesLeft = this.#options.onWhole(this);
    await this.#options.turnstile.pass();
    if (this.#isEnded) return;
    try {
      this.#joint = await this.#options.inner.connect(this);
    } catch {
      return await this.#output.sendStatus("503 Service Unavailable");
    }
    if (this.#isEnded) return this.#partInner();
    const { connection } = this.#joint;
    this.#requestBytes = head.length;
    await write(connection, head);
    const answered = this.#copyAnswer(connection);
    // The first failure ends the other direction too.
    await Promise.all([this.#copyRequest(connection), answered]);
  }

  /** Copies from the client to the server. After the server's end it discards the bytes. */
  async #copyRequest(inner: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(REQUEST_BYTES);
    for (;;) {
      if (this.#requestBytes >= REQUEST_BYTES_MAX) await this.#untilAnswer();
      await turn();
      const count = await this.#outer.read(buffer);
      if (count === null) return this.#serverHasEnded ? undefined : await inner.closeWrite();
      if (this.#serverHasEnded) {
        this.#requestBytes += count;
        if (this.#requestBytes >= REQUEST_BYTES_MAX) return;
        continue;
      }
      if (!this.#clock.received(count, now())) {
        this.#options.onFeedInput(this);
        return this.end();
      }
      this.#requestBytes += count;
      await this.taken();
      this.#takeTurn(false);
      if (!this.#isLoggedIn) await this.#options.turnstile.pass();
      await write(inner, buffer.subarray(0, count)).catch(() => {
        // The server has closed the connection. Its last output is still to be sent.
      });
    }
  }

  /** Copies from the server to the client, and then closes the connection in order. */
  async #copyAnswer(inner: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(ANSWER_BYTES);
    for (;;) {
      await turn();
      const count = await inner.read(buffer);
      if (this.#isEnded) return;
      if (count === null) break;
      this.#requestBytes = 0;
      this.#onAnswer();
      this.#takeTurn(true);
      this.#answerBytesLeft -= count;
      if (this.#answerBytesLeft < 0) return this.end();
      await this.#output.send(buffer.subarray(0, count));
    }
    this.#serverHasEnded = true;
    this.#requestBytes = 0;
    this.#onAnswer();
    this.#partInner();
    await this.#output.close();
  }

  #takeTurn(isAnswered: boolean): void {
    if (this.#isEnded || this.#isAnswered === isAnswered) return;
    this.#isAnswered = isAnswered;
    this.#options.onTurn(this, isAnswered ? "is_answered" : "asks");
  }

  async #untilAnswer(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onAnswer = resolve;
    await promise;
  }

  #partInner(): void {
    this.#joint?.forget();
    if (this.#joint !== undefined) closeNow(this.#joint.connection);
    this.#joint = undefined;
  }

  async #refuse({ kind }: Head): Promise<void> {
    if (kind === "too_long") await this.#output.sendStatus("431 Request Header Fields Too Large");
    if (kind === "http2") await this.#output.sendStatus("505 HTTP Version Not Supported");
  }
}

function now(): number {
  return performance.now();
}
