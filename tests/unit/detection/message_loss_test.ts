/** When lost messages are a fault of the broker. */

import assert from "node:assert/strict";
import {
  type LossInput,
  type LossOutput,
  messageLoss,
  newLossState,
} from "../../../core/detection/message_loss.ts";
import type { Tick } from "../../../core/machine.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Plays inputs at instants in seconds. Returns what came of them, and when. */
function play(inputs: readonly (readonly [atS: number, input: LossInput | Tick])[]) {
  let state = newLossState(0);
  const found: (LossOutput & { readonly atS: number })[] = [];
  for (const [atS, input] of inputs) {
    const [next, outputs] = messageLoss.step(state, input, atS * SECOND_MS);
    state = next;
    for (const output of outputs) found.push({ ...output, atS });
  }
  return { found, deadlineMs: messageLoss.deadlineMs(state) };
}

const CONNECTED = { kind: "connected" } as const;
const count = (count: number) => ({ kind: "dropped", count }) as const;
const gaps = (nodes: number, of: number) => ({ kind: "gaps", nodes, of }) as const;

Deno.test("a first count says nothing, however large, and neither does a smaller one", () => {
  assert.deepEqual(
    play([[1, CONNECTED], [2, count(50_000)], [12, count(0)], [22, count(0)]]).found,
    [],
  );
});

Deno.test("births that are dropped while the hub connects are a fault at once", () => {
  const { found } = play([[1, CONNECTED], [2, count(7)], [11, count(4000)], [21, count(4000)]]);
  assert.deepEqual(found, [{ loss: "dropped_by_broker", sinceMs: 11 * SECOND_MS, atS: 11 }]);
});

Deno.test("one burst later is no fault: a client died and its queue overflowed", () => {
  const { found } = play([
    [1, CONNECTED],
    [2, count(0)],
    [300, count(9000)],
    [310, count(18_000)],
    [320, count(18_000)],
  ]);
  assert.deepEqual(found, []);
});

Deno.test("drops again and again for a minute are a fault, which ends ten minutes after the last", () => {
  const start = [[1, CONNECTED], [2, count(0)]] as const;
  const drops = [100, 110, 120, 130, 150, 160, 170].map((atS, index) =>
    [atS, count(index + 1)] as const
  );
  const { found, deadlineMs } = play([...start, ...drops]);
  assert.deepEqual(found, [{ loss: "dropped_by_broker", sinceMs: 100 * SECOND_MS, atS: 160 }]);
  assert.equal(deadlineMs, 170 * SECOND_MS + 10 * MINUTE_MS);
  const end = [[700, { kind: "tick" }], [770, { kind: "tick" }], [2000, { kind: "tick" }]] as const;
  const { found: [, over, ...more] } = play([...start, ...drops, ...end]);
  assert.deepEqual([over, ...more], [{ loss: undefined, sinceMs: 770 * SECOND_MS, atS: 770 }]);
});

Deno.test("a broker that is restarted once is no fault, whatever it counts before and after", () => {
  const { found } = play([
    [1, CONNECTED],
    [2, count(120)],
    [100, count(130)],
    [110, count(140)],
    [120, count(150)],
    [140, CONNECTED],
    [141, count(0)],
    [150, count(20)],
    [160, count(40)],
    [170, count(40)],
  ]);
  assert.deepEqual(found, []);
});

Deno.test("gaps of many nodes for a minute are a fault where the broker tells no count", () => {
  const every10s = (input: LossInput) =>
    Array.from({ length: 8 }, (_, index) => [100 + 10 * index, input] as const);
  const { found } = play([[1, CONNECTED], ...every10s(gaps(30, 100))]);
  assert.deepEqual(found, [{ loss: "heartbeats_missing", sinceMs: 100 * SECOND_MS, atS: 160 }]);
  // Bad radio of some nodes.
  assert.deepEqual(play([[1, CONNECTED], ...every10s(gaps(2, 5))]).found, []);
  assert.deepEqual(play([[1, CONNECTED], ...every10s(gaps(9, 100))]).found, []);
  assert.deepEqual(play([[1, CONNECTED], [2, count(3)], ...every10s(gaps(30, 100))]).found, []);
});

Deno.test("a fault that an earlier run has reported ends after ten quiet minutes", () => {
  const { found } = play([[1, CONNECTED], [599, { kind: "tick" }], [600, { kind: "tick" }]]);
  assert.deepEqual(found, [{ loss: undefined, sinceMs: 600 * SECOND_MS, atS: 600 }]);
});
