/** A token bucket: it limits bursts and the long-term rate. */

export interface BucketRule {
  /** The number of events that may come at once. */
  readonly burst: number;
  /** Afterwards, one event is allowed in this time. */
  readonly everyMs: number;
}

/** Instants are monotonic milliseconds. */
export interface TokenBucket {
  /** When the bucket is full again if nothing is taken. */
  fullMs: number;
}

export function newBucket(): TokenBucket {
  return { fullMs: -Infinity };
}

/** Takes one token. Returns false, and takes nothing, if there is none. */
export function takeToken(bucket: TokenBucket, rule: BucketRule, nowMs: number): boolean {
  if (tokenAtMs(bucket, rule) > nowMs) return false;
  bucket.fullMs = Math.max(bucket.fullMs, nowMs) + rule.everyMs;
  return true;
}

/** Takes one token. If there is none, the bucket is empty from now on, without a debt. */
export function drainToken(bucket: TokenBucket, rule: BucketRule, nowMs: number): void {
  chargeTokens(bucket, rule, { cost: 1, nowMs });
  bucket.fullMs = Math.min(bucket.fullMs, nowMs + rule.burst * rule.everyMs);
}

/** Charges tokens for something that has happened. Missing tokens become a debt. */
export function chargeTokens(
  bucket: TokenBucket,
  rule: BucketRule,
  { cost, nowMs }: { readonly cost: number; readonly nowMs: number },
): void {
  bucket.fullMs = Math.max(bucket.fullMs, nowMs) + cost * rule.everyMs;
}

/** When the next token is available at the latest. */
export function tokenAtMs({ fullMs }: TokenBucket, { burst, everyMs }: BucketRule): number {
  return fullMs - (burst - 1) * everyMs;
}
