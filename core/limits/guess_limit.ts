/** How many wrong secrets are answered as such, by source and in all. */

import {
  type BucketRule,
  drainToken,
  newBucket,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

const OF_ONE_SOURCE: BucketRule = { burst: 10, everyMs: 6000 };
const OF_ALL_SOURCES: BucketRule = { burst: 100, everyMs: 200 };
/** Sources whose wrong secrets are remembered. */
const SOURCES_MAX = 1000;

/**
 * Counts wrong secrets that cannot be guessed anyway. So a right one is never counted and never put
 * off, and nobody can keep a Pi out by guessing from its address. A source is an address, or an
 * IPv6 network. Instants are monotonic milliseconds.
 */
export class GuessLimit {
  /** By source, the last one that was wrong at the end. */
  readonly #bySource = new Map<string, TokenBucket>();
  readonly #all = newBucket();

  /** A secret was wrong. Returns after how many seconds the next one is welcome, if not at once. */
  noteWrong(source: string, nowMs: number): number | undefined {
    const own = this.#bySource.get(source) ?? newBucket();
    const freeMs = Math.max(tokenAtMs(own, OF_ONE_SOURCE), tokenAtMs(this.#all, OF_ALL_SOURCES));
    drainToken(own, OF_ONE_SOURCE, nowMs);
    drainToken(this.#all, OF_ALL_SOURCES, nowMs);
    this.#bySource.delete(source);
    this.#bySource.set(source, own);
    const [oldest] = this.#bySource.keys();
    if (this.#bySource.size > SOURCES_MAX && oldest !== undefined) this.#bySource.delete(oldest);
    return freeMs <= nowMs ? undefined : Math.max(1, Math.ceil((freeMs - nowMs) / 1000));
  }
}
