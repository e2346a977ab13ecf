/** Limits what all connections of one credential together may send to the embedded broker. */

import {
  type BucketRule,
  chargeTokens,
  newBucket,
  tokenAtMs,
} from "../../core/structures/token_bucket.ts";

/**
 * Packets of every kind. The fastest agent sends five per second; a birth, a tracker or a doctor
 * adds a few.
 */
const PACKETS: BucketRule = { burst: 200, everyMs: 20 };
/** 64 KiB per second: eight of the longest payloads. Our programs never send such a payload. */
const BYTES: BucketRule = { burst: 256 * 1024, everyMs: 1000 / (64 * 1024) };
/** Retained messages sent for new subscriptions: ten times all those of 5,000 nodes at once. */
const REPLAYED: BucketRule = { burst: 100_000, everyMs: 0.2 };
/** The interval of reports while a connection has to wait. */
const REPORT_EVERY_MS = 1000;

/** A connection that takes turns. */
type Place = object;

/**
 * Gives connections turns in the order of their requests. While the credential is over its limit,
 * all of its connections wait: the broker does not read from them, and TCP slows the sender.
 * Nothing is dropped.
 */
export class CredentialFlow {
  readonly #packets = newBucket();
  readonly #bytes = newBucket();
  readonly #replayed = newBucket();
  readonly #waiting = new Map<Place, () => void>();
  readonly #onWait: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reportedMs = -Infinity;

  /** `onWait`: a connection has to wait. Called at most once a second. */
  constructor(onWait: () => void) {
    this.#onWait = onWait;
  }

  /** Resolves when it is this connection's turn, or when it leaves; `undefined` means at once. */
  turn(place: Place): Promise<void> | undefined {
    const waitMs = this.#waitMs();
    if (waitMs === 0 && this.#waiting.size === 0) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(place, resolve);
    this.#wakeIn(waitMs);
    this.#report();
    return promise;
  }

  /** The connection needs no more turns. */
  leave(place: Place): void {
    const resolve = this.#waiting.get(place);
    this.#waiting.delete(place);
    resolve?.();
    if (this.#waiting.size === 0) this.#sleep();
  }

  /** Charges what a connection has sent. */
  charge({ packets, bytes = 0 }: { readonly packets: number; readonly bytes?: number }): void {
    const nowMs = performance.now();
    chargeTokens(this.#packets, PACKETS, { cost: packets, nowMs });
    chargeTokens(this.#bytes, BYTES, { cost: bytes, nowMs });
  }

  /** Charges the retained messages that are sent to a connection. */
  chargeReplay(messages: number): void {
    chargeTokens(this.#replayed, REPLAYED, { cost: messages, nowMs: performance.now() });
  }

  #waitMs(): number {
    const atMs = Math.max(
      tokenAtMs(this.#packets, PACKETS),
      tokenAtMs(this.#bytes, BYTES),
      tokenAtMs(this.#replayed, REPLAYED),
    );
    return Math.max(0, Math.ceil(atMs - performance.now()));
  }

  /** Releases one connection at a time, because its cost is known only after its turn. */
  #release(): void {
    this.#timer = undefined;
    const waitMs = this.#waitMs();
    const [first] = this.#waiting.keys();
    if (first === undefined) return;
    if (waitMs === 0) this.leave(first);
    if (this.#waiting.size > 0) this.#wakeIn(waitMs);
  }

  #wakeIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#release(), ms);
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #report(): void {
    const nowMs = performance.now();
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.#onWait();
  }
}
