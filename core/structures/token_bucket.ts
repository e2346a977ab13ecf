/** A budget that refills: how much may come in a row, and how much in the long run. */

export interface BucketRule {
  /** So many may come in a row. */
  readonly burst: number;
  /** After those one in this time. */
  readonly everyMs: number;
}

/** Instants are monotonic milliseconds. */
export interface TokenBucket {
  /** When it is whole again, unless somebody takes. */
  fullMs: number;
}

export function newBucket(): TokenBucket {
  return { fullMs: -Infinity };
}

/** Takes one token; false when none is left, which costs nothing. */
export function takeToken(bucket: TokenBucket, rule: BucketRule, nowMs: number): boolean {
  if (tokenAtMs(bucket, rule) > nowMs) return false;
  bucket.fullMs = Math.max(bucket.fullMs, nowMs) + rule.everyMs;
  return true;
}

/** Takes one token; where none is left the bucket is empty from now on, and owes nothing. */
export function drainToken(bucket: TokenBucket, rule: BucketRule, nowMs: number): void {
  chargeTokens(bucket, rule, { cost: 1, nowMs });
  bucket.fullMs = Math.min(bucket.fullMs, nowMs + rule.burst * rule.everyMs);
}

/** What has been done costs so many tokens; beyond those that there are it is owed. */
export function chargeTokens(
  bucket: TokenBucket,
  rule: BucketRule,
  { cost, nowMs }: { readonly cost: number; readonly nowMs: number },
): void {
  bucket.fullMs = Math.max(bucket.fullMs, nowMs) + cost * rule.everyMs;
}

/** When there is a token at the latest. */
export function tokenAtMs({ fullMs }: TokenBucket, { burst, everyMs }: BucketRule): number {
  return fullMs - (burst - 1) * everyMs;
}
