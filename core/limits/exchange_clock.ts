/** How long each part of an HTTP exchange may take, measured by the bytes that pass. */

/** From the first byte of a connection to the end of its first request's headers. */
const HEAD_MS = 10_000;
/**
 * From the first byte of a request to the first byte of its answer. Our slowest answer takes 10 s.
 */
const ANSWER_MS = 30_000;
/** Without a byte in either direction. Browsers keep a connection for their next request. */
const IDLE_MS = 75_000;
/** The time for the other end to read what was sent before more is sent. */
const UNREAD_MS = 30_000;
/**
 * The time for the other end to close after the hub did, because the last bytes may still be on the
 * way.
 */
const CLOSE_MS = 2000;
/**
 * A viewer of the feed only answers pings and closes, so it may send at most this much at once...
 */
const VIEWER_BYTES = 4096;
/** ...and as much again in this time. */
const VIEWER_BYTES_MS = 60_000;

/** Why a connection must be closed. Only a late request is the fault of its sender. */
export type Overdue = "slow_request" | "idle" | "unread" | "closed";

/** The clock of one connection. Instants are monotonic milliseconds. */
export class ExchangeClock {
  #phase: "head" | "exchange" | "viewer" | "closing" = "head";
  #lastMs: number;
  /** When the first byte came after the hub's last answer. */
  #askedMs: number | undefined;
  /** Since when the other end has not read what was sent. */
  #sendingMs: number | undefined;
  #viewerBytes = VIEWER_BYTES;
  #refilledMs = 0;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /** Records bytes from the client. Returns whether it may send that many. */
  received(bytes: number, nowMs: number): boolean {
    this.#lastMs = nowMs;
    if (this.#phase === "viewer") return this.#takesOfViewer(bytes, nowMs);
    this.#askedMs ??= nowMs;
    return true;
  }

  /** The headers of the first request are complete. */
  requestComplete(): void {
    this.#phase = "exchange";
  }

  /** The hub has written data, which is now being sent. */
  sending(nowMs: number): void {
    this.#askedMs = undefined;
    this.#lastMs = nowMs;
    this.#sendingMs = nowMs;
  }

  /** The other end has read the data. */
  sent(nowMs: number): void {
    this.#lastMs = nowMs;
    this.#sendingMs = undefined;
  }

  /** The connection is now a WebSocket, in which only the hub sends. */
  becomesWebSocket(nowMs: number): void {
    this.#phase = "viewer";
    this.#refilledMs = nowMs;
  }

  /** The hub has closed its side. */
  closes(nowMs: number): void {
    this.#phase = "closing";
    this.#lastMs = nowMs;
  }

  /** Why the connection must be closed now; `undefined` if it may stay. */
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
      case "closing":
        return since(this.#lastMs) >= CLOSE_MS ? "closed" : undefined;
      case "viewer":
        // The hub pings it, and closes the connection without an answer.
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
