/** How logins are slowed down while wrong passwords come in. */

import { NewestSet } from "../structures/newest_set.ts";
import { Tally } from "../structures/tally.ts";
import {
  type BucketRule,
  drainToken,
  newBucket,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** Wrong passwords that slow nothing down, for people mistype. */
const OF_ONE_SOURCE: BucketRule = { burst: 5, everyMs: 12_000 };
const OF_ALL_SOURCES: BucketRule = { burst: 50, everyMs: 600 };

/** How long a password waits before it is compared, where too many wrong ones came in. */
const WAIT_MS = 400;
/**
 * Passwords that wait at a time: as many are compared within `WAIT_MS`. Each holds a connection, and
 * together they are fewer than the page's connections of strangers, which give way when they wait.
 */
const WAITING_MAX = 384;
/** Further ones, from sources from which the right password came before. */
const KNOWN_WAITING_MAX = 96;
const RETRY_AFTER_S = 1;
/** Sources whose wrong passwords are remembered. */
const SOURCES_MAX = 1000;
/** Sources from which the right password came that are remembered. */
const KNOWN_MAX = 100;

export type Turn =
  | { readonly kind: "now" }
  /** It waits until the monotonic `atMs`, and holds its place until that is disposed. */
  | { readonly kind: "later"; readonly atMs: number; readonly place: Disposable }
  /** Too many wait already. */
  | { readonly kind: "crowded"; readonly retryAfterS: number };

/**
 * Decides when a password is compared. A guess is compared as late as the right password, so that
 * nobody can tell a wrong one sooner than after the wait. A source is an address, or an IPv6 network.
 * Instants are monotonic milliseconds.
 */
export class LoginThrottle {
  /** By source, the one that failed last at the end. */
  readonly #bySource = new Map<string, TokenBucket>();
  readonly #all = newBucket();
  readonly #known = new NewestSet(KNOWN_MAX);
  readonly #room = new WaitingRoom(WAITING_MAX);
  readonly #roomOfKnown = new WaitingRoom(KNOWN_WAITING_MAX);

  /** Somebody sends a password. */
  arrive(source: string, nowMs: number): Turn {
    const isKnown = this.#known.has(source);
    const own = this.#bySource.get(source) ?? newBucket();
    const isSlow = tokenAtMs(own, OF_ONE_SOURCE) > nowMs ||
      !isKnown && tokenAtMs(this.#all, OF_ALL_SOURCES) > nowMs;
    if (!isSlow) return { kind: "now" };
    const place = this.#room.enter(source) ??
      (isKnown ? this.#roomOfKnown.enter(source) : undefined);
    return place === undefined
      ? { kind: "crowded", retryAfterS: RETRY_AFTER_S }
      : { kind: "later", atMs: nowMs + WAIT_MS, place };
  }

  /** A password was wrong. */
  noteWrong(source: string, nowMs: number): void {
    const own = this.#bySource.get(source) ?? newBucket();
    drainToken(own, OF_ONE_SOURCE, nowMs);
    drainToken(this.#all, OF_ALL_SOURCES, nowMs);
    this.#bySource.delete(source);
    this.#bySource.set(source, own);
    const [oldest] = this.#bySource.keys();
    if (this.#bySource.size > SOURCES_MAX && oldest !== undefined) this.#bySource.delete(oldest);
  }

  /** A password was right. */
  noteRight(source: string): void {
    this.#known.add(source);
  }
}

/** Places for passwords that wait. */
class WaitingRoom {
  readonly #max: number;
  readonly #taken = new Tally();

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * A place until it is disposed. No source has more places than are free, so that few of them never
   * fill the room: one gets half of it, two get a third each.
   */
  enter(source: string): Disposable | undefined {
    if (this.#taken.of(source) >= this.#max - this.#taken.total) return undefined;
    this.#taken.add(source);
    return { [Symbol.dispose]: () => this.#taken.add(source, -1) };
  }
}
