/**
 * How many messages of each sender are read from a broker. The limit is far above that of
 * `node_rates.ts`: it only drops a flood before its messages cost more than a look at their topics.
 */

import { NODES_MAX } from "../protocol/wire.ts";
import {
  type BucketRule,
  chargeTokens,
  newBucket,
  tokenAtMs,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/** A message costs one unit, and one more for each further block of this many bytes. */
const UNIT_BYTES = 512;
/**
 * Longer messages are dropped unread. One such message must not use up the budget of the node's
 * next message.
 */
const BYTES_COUNTED_MAX = 8 * 1024;
/**
 * A healthy node uses less than 10 units a second. An observer that stalled reads 15 s of them at
 * once.
 */
const UNITS: BucketRule = { burst: 1001, everyMs: 5 };
/** Anybody can invent ids if a broker has no access rules. */
const SENDERS_MAX = 4 * NODES_MAX;

/** All instants are monotonic milliseconds. */
export class FloodBudget {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Whether to read a message of this many bytes. A dropped message costs nothing. */
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
