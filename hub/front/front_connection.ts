/** One connection to the page, joined with one to the hub's own server once its request has come. */

import { ExchangeClock, type Overdue } from "../../core/limits/exchange_clock.ts";
import { unmapped } from "../../core/network/host.ts";
import { turn } from "../../io/time/turn.ts";
import type { Turnstile } from "../listen/turnstile.ts";
import type { Placed } from "./front_places.ts";
import type { Caller, InnerServer, Joint } from "./inner_server.ts";
import { type Head, readHead } from "./request_head.ts";

/** A small piece: many requests may be in it. */
const ASKED_BYTES = 2 * 1024;
const ANSWERED_BYTES = 16 * 1024;
/** What is taken of a client before the server says something; no request of ours is longer. */
const REQUEST_BYTES_MAX = 128 * 1024;

/** The other end of a connection. */
export interface Peer {
  readonly remoteAddr: Deno.NetAddr;
  readonly source: string;
  readonly isTrusted: boolean;
}

export interface FrontConnectionOptions {
  readonly inner: InnerServer;
  /** What strangers ask goes through it. */
  readonly turnstile: Turnstile;
  /** Its request has come. Answers how many bytes it may be answered with. */
  readonly onWhole: (connection: FrontConnection) => number;
  /** It has asked for more, or the server begins to answer. */
  readonly onTurn: (connection: FrontConnection, turn: "asks" | "is_answered") => void;
  /** It watches, or whoever asks is logged in. */
  readonly onKnown: (connection: FrontConnection, isLoggedIn: boolean) => void;
  /** A viewer sends more than the feed has any use for. */
  readonly onFeedInput: (connection: FrontConnection) => void;
  /**
   * It has ended. `stuck`: what is still being sent to an end that takes nothing; until then the
   * system keeps its file open, for Deno interrupts no write.
   */
  readonly onEnd: (connection: FrontConnection, stuck: Promise<void> | undefined) => void;
}

export class FrontConnection implements Caller, Placed {
  readonly peer: Peer;
  readonly #outer: Deno.Conn;
  readonly #options: FrontConnectionOptions;
  readonly #clock = new ExchangeClock(performance.now());
  #joint: Joint | undefined;
  #isEnded = false;
  readonly #ended = Promise.withResolvers<void>();
  #isLoggedIn = false;
  #answerBytesLeft = 0;
  #serverHasEnded = false;
  /** Bytes that came since the server said something, and who waits for it to say more. */
  #asked = 0;
  #onAnswer = () => {};
  #isAnswered = false;
  #sending: Promise<void> | undefined;

  constructor(outer: Deno.Conn, peer: Peer, options: FrontConnectionOptions) {
    this.#outer = outer;
    this.peer = peer;
    this.#options = options;
  }

  /** From the first byte to the last; never throws. */
  async run(): Promise<void> {
    try {
      const head = await readHead(this.#outer, (bytes) => this.#clock.heard(bytes, now()));
      if (head.kind === "whole") await this.#serve(head.bytes);
      else await this.#refuse(head);
    } catch {
      // Either end has hung up, or it was ended: nobody is left to be told.
    } finally {
      this.end();
    }
  }

  get remoteAddr(): Deno.NetAddr {
    return this.peer.remoteAddr;
  }

  /** Of the other end, as people write it. */
  get address(): string {
    return unmapped(this.remoteAddr.hostname);
  }

  /** Whether it has a request that is answered. */
  get isJoined(): boolean {
    return this.#joint !== undefined;
  }

  overdue(): Overdue | undefined {
    return this.#clock.overdue(now());
  }

  /** At once, whatever is still to be sent. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#ended.resolve();
    this.#onAnswer();
    close(this.#outer);
    this.#partInner();
    this.#options.onEnd(this, this.#sending);
  }

  async taken(): Promise<void> {
    while (this.#sending !== undefined && !this.#isEnded) {
      await Promise.race([this.#sending.catch(() => {}), this.#ended.promise]);
    }
  }

  views(): void {
    this.#clock.views(now());
    this.#options.onKnown(this, false);
  }

  loggedIn(): void {
    this.#isLoggedIn = true;
    this.#answerBytesLeft = Infinity;
    this.#options.onKnown(this, true);
  }

  async #serve(head: Uint8Array): Promise<void> {
    if (this.#isEnded) return;
    this.#clock.whole();
    this.#answerBytesLeft = this.#options.onWhole(this);
    await this.#options.turnstile.pass();
    if (this.#isEnded) return;
    try {
      this.#joint = await this.#options.inner.connect(this);
    } catch {
      return await this.#say("503 Service Unavailable");
    }
    if (this.#isEnded) return this.#partInner();
    const { connection } = this.#joint;
    this.#asked = head.length;
    await write(connection, head);
    const answered = this.#answer(connection);
    // Whichever fails first ends the other, too.
    await Promise.all([this.#ask(connection), answered]);
  }

  /** What the client says, to the server; after the server's end to nobody. */
  async #ask(inner: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(ASKED_BYTES);
    for (;;) {
      if (this.#asked >= REQUEST_BYTES_MAX) await this.#untilAnswer();
      await turn();
      const count = await this.#outer.read(buffer);
      if (count === null) return this.#serverHasEnded ? undefined : await inner.closeWrite();
      if (this.#serverHasEnded) {
        this.#asked += count;
        if (this.#asked >= REQUEST_BYTES_MAX) return;
        continue;
      }
      if (!this.#clock.heard(count, now())) {
        this.#options.onFeedInput(this);
        return this.end();
      }
      this.#asked += count;
      await this.taken();
      this.#takeTurn(false);
      if (!this.#isLoggedIn) await this.#options.turnstile.pass();
      await write(inner, buffer.subarray(0, count)).catch(() => {
        // The server has hung up: what it said last is still to be sent.
      });
    }
  }

  /** What the server says, to the client; then the farewell. */
  async #answer(inner: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(ANSWERED_BYTES);
    for (;;) {
      await turn();
      const count = await inner.read(buffer);
      if (this.#isEnded) return;
      if (count === null) break;
      this.#asked = 0;
      this.#onAnswer();
      this.#takeTurn(true);
      this.#answerBytesLeft -= count;
      if (this.#answerBytesLeft < 0) return this.end();
      await this.#send(buffer.subarray(0, count));
    }
    this.#serverHasEnded = true;
    this.#asked = 0;
    this.#onAnswer();
    this.#clock.saysFarewell(now());
    this.#partInner();
    await this.#outer.closeWrite();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.#clock.sending(now());
    this.#sending = write(this.#outer, bytes);
    try {
      await this.#sending;
    } finally {
      this.#sending = undefined;
    }
    this.#clock.sent(now());
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
    if (this.#joint !== undefined) close(this.#joint.connection);
    this.#joint = undefined;
  }

  async #refuse({ kind }: Head): Promise<void> {
    if (kind === "too_long") await this.#say("431 Request Header Fields Too Large");
    if (kind === "http2") await this.#say("505 HTTP Version Not Supported");
  }

  async #say(status: string): Promise<void> {
    const text = `HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    await this.#send(new TextEncoder().encode(text));
    this.#clock.saysFarewell(now());
    await this.#outer.closeWrite();
  }
}

function now(): number {
  return performance.now();
}

async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // closed already
  }
}
