/** How page logins are slowed down while wrong passwords arrive. */

import { NewestSet } from "../structures/newest_set.ts";
import { Tally } from "../structures/tally.ts";
import { SourceBuckets } from "./source_buckets.ts";

/** So many wrong passwords of one source cause no delay, because people mistype. */
const RULES = {
  ofOne: { burst: 5, everyMs: 12_000 },
  ofAll: { burst: 50, everyMs: 600 },
};

/** How long a password waits before it is compared, after too many wrong ones. */
const WAIT_MS = 400;
/**
 * The number of passwords that wait at a time: all of them are compared within `WAIT_MS`. Each
 * holds a connection. Together they are fewer than the connections of unknown clients, which may be
 * closed while they wait.
 */
const WAITING_MAX = 384;
/** Further ones, from sources that sent the right password before. */
const KNOWN_WAITING_MAX = 96;
const RETRY_AFTER_S = 1;
/** Sources with a right password that are remembered. */
const KNOWN_MAX = 100;

export type Turn =
  | { readonly kind: "now" }
  /** It waits until the monotonic `atMs`, and holds its place until `place` is disposed. */
  | { readonly kind: "later"; readonly atMs: number; readonly place: Disposable }
  /** Too many passwords wait already. */
  | { readonly kind: "crowded"; readonly retryAfterS: number };

/**
 * Decides when a password is compared. A wrong password waits as long as the right one, so nobody
 * can recognise a wrong one sooner. A source is an address, or an IPv6 network. Instants are
 * monotonic milliseconds.
 */
export class LoginThrottle {
  readonly #buckets = new SourceBuckets(RULES);
  readonly #known = new NewestSet(KNOWN_MAX);
  readonly #room = new WaitingRoom(WAITING_MAX);
  readonly #roomOfKnown = new WaitingRoom(KNOWN_WAITING_MAX);

  /** A password arrived. */
  arrive(source: string, nowMs: number): Turn {
    const isKnown = this.#known.has(source);
    const isSlow = this.#buckets.ownAtMs(source) > nowMs ||
      !isKnown && this.#buckets.allAtMs() > nowMs;
    if (!isSlow) return { kind: "now" };
    const place = this.#room.enter(source) ??
      (isKnown ? this.#roomOfKnown.enter(source) : undefined);
    return place === undefined
      ? { kind: "crowded", retryAfterS: RETRY_AFTER_S }
      : { kind: "later", atMs: nowMs + WAIT_MS, place };
  }

  /** A password was wrong. */
  noteWrong(source: string, nowMs: number): void {
    this.#buckets.drain(source, nowMs);
  }

  /** A password was right. */
  noteRight(source: string): void {
    this.#known.add(source);
  }
}

/** Places for waiting passwords. */
class WaitingRoom {
  readonly #max: number;
  readonly #taken = new Tally();

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Returns a place, which is free again when disposed. No source gets more places than are free,
   * so a few sources never fill the room: one source gets half of it, two get a third each.
   */
  enter(source: string): Disposable | undefined {
    if (this.#taken.of(source) >= this.#max - this.#taken.total) return undefined;
    this.#taken.add(source);
    return { [Symbol.dispose]: () => this.#taken.add(source, -1) };
  }
}
