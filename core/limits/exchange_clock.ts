/** How long each part of an exchange with the page may take, by the bytes that pass. */

/** From the first byte of a connection to the end of its first request's headers. */
const HEAD_MS = 10_000;
/** From the first byte of a request to the first one of its answer; the slowest answer of ours takes 10 s. */
const ANSWER_MS = 30_000;
/** Without a byte in either direction: browsers keep a connection for their next request. */
const IDLE_MS = 75_000;
/** For what the other end must take before more of an answer is sent to it. */
const UNREAD_MS = 30_000;
/** For the other end to close after the hub did: what was sent last may still be on its way. */
const FAREWELL_MS = 2000;
/** What a viewer of the feed may send: answers to pings and its farewell, at most so much at once... */
const VIEWER_BYTES = 4096;
/** ...and as much again in this time. */
const VIEWER_BYTES_MS = 60_000;

/** Why a connection is to be ended; only a request that is not whole in time is a fault of its sender. */
export type Overdue = "slow_request" | "idle" | "unread" | "closed";

/** The clock of one connection. Instants are monotonic milliseconds. */
export class ExchangeClock {
  #phase: "head" | "exchange" | "viewer" | "farewell" = "head";
  #lastMs: number;
  /** Of the first byte since the hub said something. */
  #askedMs: number | undefined;
  /** Since when the other end is to take what is sent to it. */
  #sendingMs: number | undefined;
  #viewerBytes = VIEWER_BYTES;
  #refilledMs = 0;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /** Bytes came from the client. Answers whether it may send so many. */
  heard(bytes: number, nowMs: number): boolean {
    this.#lastMs = nowMs;
    if (this.#phase === "viewer") return this.#takesOfViewer(bytes, nowMs);
    this.#askedMs ??= nowMs;
    return true;
  }

  /** The headers of the first request are whole. */
  whole(): void {
    this.#phase = "exchange";
  }

  /** The hub said something, which is now sent. */
  sending(nowMs: number): void {
    this.#askedMs = undefined;
    this.#lastMs = nowMs;
    this.#sendingMs = nowMs;
  }

  /** The other end has taken it. */
  sent(nowMs: number): void {
    this.#lastMs = nowMs;
    this.#sendingMs = undefined;
  }

  /** From now on the connection is a WebSocket, which goes one way. */
  views(nowMs: number): void {
    this.#phase = "viewer";
    this.#refilledMs = nowMs;
  }

  /** The hub has closed its side. */
  saysFarewell(nowMs: number): void {
    this.#phase = "farewell";
    this.#lastMs = nowMs;
  }

  /** Why it is time to end the connection; `undefined` while it is not. */
  overdue(nowMs: number): Overdue | undefined {
    const since = (ms: number | undefined) => ms === undefined ? -Infinity : nowMs - ms;
    if (since(this.#sendingMs) >= UNREAD_MS) return "unread";
    switch (this.#phase) {
      case "head":
        if (since(this.#askedMs) >= HEAD_MS) return "slow_request";
        return since(this.#lastMs) >= IDLE_MS ? "idle" : undefined;
      case "exchange":
        if (since(this.#askedMs) >= ANSWER_MS) return "slow_request";
        return since(this.#lastMs) >= IDLE_MS ? "idle" : undefined;
      case "farewell":
        return since(this.#lastMs) >= FAREWELL_MS ? "closed" : undefined;
      case "viewer":
        // The hub pings it, and hangs up on whoever does not answer.
        return undefined;
    }
  }

  #takesOfViewer(bytes: number, nowMs: number): boolean {
    const more = (nowMs - this.#refilledMs) / VIEWER_BYTES_MS * VIEWER_BYTES;
    this.#viewerBytes = Math.min(VIEWER_BYTES, this.#viewerBytes + more) - bytes;
    this.#refilledMs = nowMs;
    return this.#viewerBytes >= 0;
  }
}
