/**
 * How often a credential may log in. A stolen credential may connect and disconnect without end.
 */

import {
  type BucketRule,
  newBucket,
  takeToken,
  type TokenBucket,
} from "../structures/token_bucket.ts";

/**
 * This many in a row are normal: agent, tracker and doctor of a node, and the tools of its owner.
 */
const LOGINS: BucketRule = { burst: 100, everyMs: 500 };
/** More than the users of one broker. Beyond it, users without a recent login are forgotten. */
const USERS_MAX = 10_000;

/** Instants are monotonic milliseconds. */
export class SessionBudget {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Whether `user` may log in now. A refusal costs nothing. */
  take(user: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(user) ?? newBucket();
    if (!takeToken(bucket, LOGINS, nowMs)) return false;
    if (this.#buckets.size >= USERS_MAX) this.#forget(nowMs);
    this.#buckets.set(user, bucket);
    return true;
  }

  #forget(nowMs: number): void {
    for (const [user, { fullMs }] of this.#buckets) {
      if (fullMs <= nowMs) this.#buckets.delete(user);
    }
  }
}
