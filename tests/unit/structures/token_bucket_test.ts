import fc from "fast-check";
import assert from "node:assert/strict";
import {
  type BucketRule,
  chargeTokens,
  newBucket,
  takeToken,
  tokenAtMs,
} from "../../../core/structures/token_bucket.ts";

const RULE: BucketRule = { burst: 200, everyMs: 20 };
const COST_MAX = 64;

const rules = fc.record({
  burst: fc.integer({ min: 1, max: 500 }),
  everyMs: fc.double({ min: 0.01, max: 1000, noNaN: true }),
});
const steps = fc.array(
  fc.record({
    passMs: fc.integer({ min: 0, max: 500 }),
    cost: fc.integer({ min: 1, max: COST_MAX }),
  }),
  { maxLength: 200 },
);

Deno.test("bucket allows a burst at once, and then one in each interval", () => {
  const bucket = newBucket();
  for (let n = 0; n < RULE.burst; n++) assert.ok(takeToken(bucket, RULE, 1000));
  assert.equal(takeToken(bucket, RULE, 1019), false);
  assert.ok(takeToken(bucket, RULE, 1020));
  assert.equal(takeToken(bucket, RULE, 1020), false);
});

Deno.test("bucket has a debt of charges beyond its tokens, and saves at most a burst", () => {
  const bucket = newBucket();
  chargeTokens(bucket, RULE, { cost: 300, nowMs: 0 });
  assert.equal(tokenAtMs(bucket, RULE), 101 * RULE.everyMs);
  const nowMs = 3_600_000;
  chargeTokens(bucket, RULE, { cost: 200, nowMs });
  assert.equal(tokenAtMs(bucket, RULE), nowMs + RULE.everyMs);
});

Deno.test("bucket limits a client that waits for tokens to burst, rate and one charge", () => {
  fc.assert(fc.property(rules, steps, (rule, played) => {
    const bucket = newBucket();
    const done: { readonly atMs: number; readonly cost: number }[] = [];
    let nowMs = 0;
    for (const { passMs, cost } of played) {
      nowMs += passMs;
      if (tokenAtMs(bucket, rule) > nowMs) continue;
      chargeTokens(bucket, rule, { cost, nowMs });
      done.push({ atMs: nowMs, cost });
    }
    for (const [index, { atMs: fromMs }] of done.entries()) {
      let sum = 0;
      for (const { atMs, cost } of done.slice(index)) {
        sum += cost;
        assert.ok(sum <= rule.burst + (atMs - fromMs) / rule.everyMs + COST_MAX + 1e-6);
      }
    }
  }));
});
