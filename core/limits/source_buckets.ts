/** Counts what each source did wrong, and what all did together. */

import {
  type BucketRule,
  drainToken,
  newBucket,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** Sources that are remembered. */
const SOURCES_MAX = 1000;

export interface SourceRules {
  readonly ofOne: BucketRule;
  readonly ofAll: BucketRule;
}

/** A source is an address, or an IPv6 network. Instants are monotonic milliseconds. */
export class SourceBuckets {
  readonly #rules: SourceRules;
  /** By source, the last one that was wrong at the end. */
  readonly #bySource = new Map<string, TokenBucket>();
  readonly #all = newBucket();

  constructor(rules: SourceRules) {
    this.#rules = rules;
  }

  /** When the source has a token of its own. */
  ownAtMs(source: string): number {
    return tokenAtMs(this.#bySource.get(source) ?? newBucket(), this.#rules.ofOne);
  }

  /** When all sources together have a token. */
  allAtMs(): number {
    return tokenAtMs(this.#all, this.#rules.ofAll);
  }

  drain(source: string, nowMs: number): void {
    const own = this.#bySource.get(source) ?? newBucket();
    drainToken(own, this.#rules.ofOne, nowMs);
    drainToken(this.#all, this.#rules.ofAll, nowMs);
    this.#bySource.delete(source);
    this.#bySource.set(source, own);
    const [oldest] = this.#bySource.keys();
    if (this.#bySource.size > SOURCES_MAX && oldest !== undefined) this.#bySource.delete(oldest);
  }
}
