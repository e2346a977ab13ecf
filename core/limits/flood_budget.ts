/**
 * How much of each sender is looked at in what a broker hands on. It lies far above what `node_rates.ts` lets
 * in: here only a flood is left out, before its messages cost more than a look at their topics.
 */

import { NODES_MAX } from "../protocol/wire.ts";
import {
  type BucketRule,
  chargeTokens,
  newBucket,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** A message takes one unit, and one more for each further so many bytes. */
const UNIT_BYTES = 512;
/** What is longer is thrown away unread: one such message must not cost the node's next word. */
const BYTES_COUNTED_MAX = 8 * 1024;
/** A healthy node says less than 10 units a second; an observer that stalled reads 15 s of it at once. */
const UNITS: BucketRule = { burst: 1001, everyMs: 5 };
/** Ids can be made up where a broker has no rules. */
const SENDERS_MAX = 4 * NODES_MAX;

/** All instants are monotonic milliseconds. */
export class FloodBudget {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Whether a message of so many bytes is to be looked at. What is left out costs nothing. */
  takes(sender: string, bytes: number, nowMs: number): boolean {
    const bucket = this.#bucketOf(sender);
    if (tokenAtMs(bucket, UNITS) > nowMs) return false;
    const cost = 1 + Math.floor(Math.min(bytes, BYTES_COUNTED_MAX) / UNIT_BYTES);
    chargeTokens(bucket, UNITS, { cost, nowMs });
    return true;
  }

  #bucketOf(sender: string): TokenBucket {
    const known = this.#buckets.get(sender);
    if (known !== undefined) return known;
    if (this.#buckets.size >= SENDERS_MAX) this.#buckets.clear();
    const bucket = newBucket();
    this.#buckets.set(sender, bucket);
    return bucket;
  }
}
