/** What a quick, a late and a lost echo prove about the observer's own path. */

import assert from "node:assert/strict";
import { EchoBarrier } from "../../../core/detection/echo_barrier.ts";

Deno.test("a quick echo is proof for silences that were due when it was sent", () => {
  const fence = new EchoBarrier();
  const seq = fence.send(1000);
  assert.deepEqual(fence.returned(seq, 1003), { kind: "proof", sentMs: 1000 });
});

Deno.test("an echo within 1 s is a proof, a slower one is not", () => {
  const fence = new EchoBarrier();
  assert.equal(fence.returned(fence.send(1000), 2000).kind, "proof");
  assert.equal(fence.returned(fence.send(5000), 6001).kind, "slow");
});

Deno.test("an echo counts once, and an unknown echo does not count", () => {
  const fence = new EchoBarrier();
  const seq = fence.send(0);
  assert.equal(fence.returned(seq, 1).kind, "proof");
  assert.equal(fence.returned(seq, 2).kind, "unknown");
  for (const stranger of [0, -1, seq + 1, Number.MAX_SAFE_INTEGER]) {
    assert.equal(fence.returned(stranger, 3).kind, "unknown");
  }
});

Deno.test("an echo that comes before an older one counts the older as lost", () => {
  const fence = new EchoBarrier();
  const first = fence.send(0);
  const second = fence.send(100);
  const third = fence.send(200);
  assert.deepEqual(fence.returned(second, 210), { kind: "proof", sentMs: 100 });
  assert.equal(fence.returned(first, 220).kind, "unknown");
  assert.deepEqual(fence.returned(third, 230), { kind: "proof", sentMs: 200 });
});

Deno.test("an echo is overdue after 2 s, counted from the oldest pending one", () => {
  const fence = new EchoBarrier();
  assert.equal(fence.overdueMs(), Infinity);
  assert.equal(fence.isOverdue(1e9), false);
  fence.send(1000);
  const second = fence.send(2500);
  assert.equal(fence.overdueMs(), 3000);
  assert.equal(fence.isOverdue(2999), false);
  assert.equal(fence.isOverdue(3000), true);
  fence.returned(second, 3100);
  assert.equal(fence.overdueMs(), Infinity);
});

Deno.test("an idle echo barrier sends every 5 s, an unanswered one every 2 s", () => {
  const fence = new EchoBarrier();
  assert.equal(fence.nextSendMs(), -Infinity);
  const seq = fence.send(1000);
  assert.equal(fence.nextSendMs(), 3000);
  fence.returned(seq, 1002);
  assert.equal(fence.nextSendMs(), 6000);
});

Deno.test("a lost connection discards all pending echoes", () => {
  const fence = new EchoBarrier();
  const seq = fence.send(1000);
  fence.reset();
  assert.equal(fence.returned(seq, 1002).kind, "unknown");
  assert.equal(fence.overdueMs(), Infinity);
  assert.ok(fence.send(2000) > seq, "numbers are never used again");
});

Deno.test("a broker that never answers uses bounded memory", () => {
  const fence = new EchoBarrier();
  let seq = 0;
  for (let atMs = 0; atMs < 100_000_000; atMs += 2000) seq = fence.send(atMs);
  assert.ok(fence.underWay <= 1000, `${fence.underWay} echoes under way`);
  assert.equal(fence.isOverdue(100_000_000), true);
  assert.equal(fence.returned(seq, 99_998_001).kind, "proof");
});
