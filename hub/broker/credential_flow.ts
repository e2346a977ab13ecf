/** What all connections of one credential together may ask of the embedded broker. */

import {
  type BucketRule,
  chargeTokens,
  newBucket,
  tokenAtMs,
} from "../../core/structures/token_bucket.ts";

/** Of every kind. The quickest agent says five in a second; a birth, a tracker or a doctor adds a few. */
const PACKETS: BucketRule = { burst: 200, everyMs: 20 };
/** 64 KiB in a second: eight of the longest payloads, of which nothing of ours says one. */
const BYTES: BucketRule = { burst: 256 * 1024, everyMs: 1000 / (64 * 1024) };
/** Retained messages told to new subscriptions: ten times all those of 5,000 nodes at once. */
const REPLAYED: BucketRule = { burst: 100_000, everyMs: 0.2 };
/** While somebody has to wait, it is reported so often. */
const REPORT_EVERY_MS = 1000;

/** Whoever takes turns: a connection. */
type Place = object;

/**
 * Lets connections take turns, in the order in which they asked. While the credential has asked for more
 * than it may, all wait: the broker does not read from them, and TCP holds the sender back. Nothing is
 * dropped.
 */
export class CredentialFlow {
  readonly #packets = newBucket();
  readonly #bytes = newBucket();
  readonly #replayed = newBucket();
  readonly #waiting = new Map<Place, () => void>();
  readonly #onWait: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reportedMs = -Infinity;

  /** `onWait`: somebody has to wait; called once a second at most. */
  constructor(onWait: () => void) {
    this.#onWait = onWait;
  }

  /** Resolves when it is this one's turn, or when it leaves; `undefined`: at once. */
  turn(place: Place): Promise<void> | undefined {
    const waitMs = this.#waitMs();
    if (waitMs === 0 && this.#waiting.size === 0) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(place, resolve);
    this.#wakeIn(waitMs);
    this.#report();
    return promise;
  }

  /** It has no more need of a turn. */
  leave(place: Place): void {
    const resolve = this.#waiting.get(place);
    this.#waiting.delete(place);
    resolve?.();
    if (this.#waiting.size === 0) this.#sleep();
  }

  /** So much came from a connection. */
  charge({ packets, bytes = 0 }: { readonly packets: number; readonly bytes?: number }): void {
    const nowMs = performance.now();
    chargeTokens(this.#packets, PACKETS, { cost: packets, nowMs });
    chargeTokens(this.#bytes, BYTES, { cost: bytes, nowMs });
  }

  /** So many retained messages are told to a connection. */
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

  /** One at a time: what it costs is known only after its turn. */
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
