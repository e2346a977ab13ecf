/** When a connection is read next: a quiet one at once, a busy one at intervals. */

import assert from "node:assert/strict";
import { ReadPace } from "../../../core/network/read_pace.ts";

const EVERY_MS = 100;
const HEARTBEAT = 150;
const NOTHING_MORE = { isFull: false };

/** Reads the heartbeats of so many nodes from 0 on. Returns the number of reads since `sinceMs`. */
function readsOf(
  pace: ReadPace,
  { nodes, sinceMs, untilMs }: {
    readonly nodes: number;
    readonly sinceMs: number;
    readonly untilMs: number;
  },
): number {
  let reads = 0;
  let bytes = 0;
  let nextMs = 0;
  for (let number = 0; number < nodes * untilMs / 1000; number++) {
    const nowMs = number * 1000 / nodes;
    bytes += HEARTBEAT;
    if (nowMs < nextMs) continue;
    pace.received({ bytes, ...NOTHING_MORE }, nowMs);
    bytes = 0;
    nextMs = nowMs + Math.max(0, pace.waitMs(nowMs));
    if (nowMs >= sinceMs) reads++;
  }
  return reads;
}

Deno.test("a connection with little traffic is read at once", () => {
  const pace = new ReadPace({ everyMs: EVERY_MS, busyBytesPerS: 10_000 });
  assert.equal(readsOf(pace, { nodes: 20, sinceMs: 0, untilMs: 60_000 }), 20 * 60);
});

Deno.test("a busy connection is read at intervals, however many messages come", () => {
  for (const nodes of [100, 1000, 20_000]) {
    const pace = new ReadPace({ everyMs: EVERY_MS, busyBytesPerS: 10_000 });
    const reads = readsOf(pace, { nodes, sinceMs: 5000, untilMs: 65_000 });
    assert.ok(reads <= 60_000 / EVERY_MS, `${reads} reads of ${nodes} nodes`);
  }
});

Deno.test("a connection that was busy is read at once again when it is quiet", () => {
  const pace = new ReadPace({ everyMs: EVERY_MS, busyBytesPerS: 10_000 });
  pace.received({ bytes: 50_000, ...NOTHING_MORE }, 0);
  assert.ok(pace.waitMs(0) > 0);
  pace.received({ bytes: HEARTBEAT, ...NOTHING_MORE }, 5000);
  assert.ok(pace.waitMs(5000) <= 0);
});

Deno.test("what waits in plenty is read without a pause", () => {
  const pace = new ReadPace({ everyMs: EVERY_MS });
  pace.received({ bytes: 65_536, isFull: true }, 0);
  assert.ok(pace.waitMs(0) <= 0);
  pace.received({ bytes: 600, ...NOTHING_MORE }, 1);
  assert.equal(pace.waitMs(1), EVERY_MS);
});

Deno.test("an answer is read without a pause, also behind older messages", () => {
  const pace = new ReadPace({ everyMs: EVERY_MS });
  pace.received({ bytes: HEARTBEAT, ...NOTHING_MORE }, 0);
  pace.sent();
  for (let nowMs = 1; nowMs <= 3; nowMs++) {
    assert.ok(pace.waitMs(nowMs) <= 0);
    pace.received({ bytes: HEARTBEAT, ...NOTHING_MORE }, nowMs);
  }
  assert.ok(pace.waitMs(4) <= 0);
  pace.received({ bytes: HEARTBEAT, ...NOTHING_MORE }, 4);
  assert.ok(pace.waitMs(4) > 0);
});
