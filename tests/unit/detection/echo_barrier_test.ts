/** What a quick, a late and a lost echo prove about the observer's own path. */

import assert from "node:assert/strict";
import { EchoBarrier } from "../../../core/detection/echo_barrier.ts";

Deno.test("a quick echo is proof for silences that were due when it was sent", () => {
  const barrier = new EchoBarrier();
  const seq = barrier.send(1000);
  assert.deepEqual(barrier.returned(seq, 1003), { kind: "proof", sentMs: 1000 });
});

Deno.test("an echo within 1 s is a proof, a slower one is not", () => {
  const barrier = new EchoBarrier();
  assert.equal(barrier.returned(barrier.send(1000), 2000).kind, "proof");
  assert.equal(barrier.returned(barrier.send(5000), 6001).kind, "slow");
});

Deno.test("an echo counts once, and an unknown echo does not count", () => {
  const barrier = new EchoBarrier();
  const seq = barrier.send(0);
  assert.equal(barrier.returned(seq, 1).kind, "proof");
  assert.equal(barrier.returned(seq, 2).kind, "unknown");
  for (const stranger of [0, -1, seq + 1, Number.MAX_SAFE_INTEGER]) {
    assert.equal(barrier.returned(stranger, 3).kind, "unknown");
  }
});

Deno.test("an echo that comes before an older one counts the older as lost", () => {
  const barrier = new EchoBarrier();
  const first = barrier.send(0);
  const second = barrier.send(100);
  const third = barrier.send(200);
  assert.deepEqual(barrier.returned(second, 210), { kind: "proof", sentMs: 100 });
  assert.equal(barrier.returned(first, 220).kind, "unknown");
  assert.deepEqual(barrier.returned(third, 230), { kind: "proof", sentMs: 200 });
});

Deno.test("an echo is overdue after 2 s, counted from the oldest pending one", () => {
  const barrier = new EchoBarrier();
  assert.equal(barrier.overdueMs(), Infinity);
  assert.equal(barrier.isOverdue(1e9), false);
  barrier.send(1000);
  const second = barrier.send(2500);
  assert.equal(barrier.overdueMs(), 3000);
  assert.equal(barrier.isOverdue(2999), false);
  assert.equal(barrier.isOverdue(3000), true);
  barrier.returned(second, 3100);
  assert.equal(barrier.overdueMs(), Infinity);
});

Deno.test("an idle echo barrier sends every 5 s, an unanswered one every 2 s", () => {
  const barrier = new EchoBarrier();
  assert.equal(barrier.nextSendMs(), -Infinity);
  const seq = barrier.send(1000);
  assert.equal(barrier.nextSendMs(), 3000);
  barrier.returned(seq, 1002);
  assert.equal(barrier.nextSendMs(), 6000);
});

Deno.test("a lost connection discards all pending echoes", () => {
  const barrier = new EchoBarrier();
  const seq = barrier.send(1000);
  barrier.reset();
  assert.equal(barrier.returned(seq, 1002).kind, "unknown");
  assert.equal(barrier.overdueMs(), Infinity);
  assert.ok(barrier.send(2000) > seq, "numbers are never used again");
});

Deno.test("a broker that never answers uses bounded memory", () => {
  const barrier = new EchoBarrier();
  let seq = 0;
  for (let atMs = 0; atMs < 100_000_000; atMs += 2000) seq = barrier.send(atMs);
  assert.ok(barrier.underWay <= 1000, `${barrier.underWay} echoes under way`);
  assert.equal(barrier.isOverdue(100_000_000), true);
  assert.equal(barrier.returned(seq, 99_998_001).kind, "proof");
});
