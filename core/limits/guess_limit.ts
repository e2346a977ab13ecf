/** How many wrong secrets are answered as such, by source and in all. */

import { SourceBuckets } from "./source_buckets.ts";

const RULES = {
  ofOne: { burst: 10, everyMs: 6000 },
  ofAll: { burst: 100, everyMs: 200 },
};

/**
 * Counts wrong secrets that cannot be guessed anyway. So a right one is never counted and never put
 * off, and nobody can keep a Pi out by guessing from its address. A source is an address, or an
 * IPv6 network. Instants are monotonic milliseconds.
 */
export class GuessLimit {
  readonly #buckets = new SourceBuckets(RULES);

  /** A secret was wrong. Returns after how many seconds the next one is welcome, if not at once. */
  noteWrong(source: string, nowMs: number): number | undefined {
    const freeMs = Math.max(this.#buckets.ownAtMs(source), this.#buckets.allAtMs());
    this.#buckets.drain(source, nowMs);
    return freeMs <= nowMs ? undefined : Math.max(1, Math.ceil((freeMs - nowMs) / 1000));
  }
}
