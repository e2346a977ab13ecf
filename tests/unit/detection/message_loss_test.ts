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
const heard = (nodes: number, { gaps = 0, unborn = 0 } = {}) =>
  ({ kind: "heard", nodes, gaps, unborn }) as const;

/** The input in each of eight looks from 100 s on. */
function again(input: LossInput): readonly (readonly [number, LossInput])[] {
  return Array.from({ length: 8 }, (_, index) => [100 + 10 * index, input] as const);
}

Deno.test("births that are dropped while the hub connects are a fault as soon as they are late", () => {
  const { found } = play([
    [1, CONNECTED],
    [2, count(7)],
    [11, count(4000)],
    [11, heard(5000, { unborn: 4000 })],
    [21, heard(5000, { unborn: 4000 })],
    [31, heard(5000, { unborn: 4000 })],
  ]);
  assert.deepEqual(found, [{ loss: "dropped_by_broker", sinceMs: 21 * SECOND_MS, atS: 21 }]);
});

Deno.test("it lasts while those births are missing, and ends ten minutes after the next connection", () => {
  const missing = heard(5000, { unborn: 4000 });
  const { deadlineMs } = play([
    [1, CONNECTED],
    [2, count(0)],
    [11, count(4000)],
    [21, missing],
    [3000, missing],
    [3001, CONNECTED],
    [3010, heard(5000)],
  ]);
  assert.equal(deadlineMs, 3000 * SECOND_MS + 10 * MINUTE_MS);
});

Deno.test("what is dropped for another client is no fault", () => {
  const growing = Array.from({ length: 200 }, (_, index) =>
    [
      [3 + 10 * index, count(500 * index)],
      [4 + 10 * index, heard(20)],
    ] as const);
  assert.deepEqual(play([[1, CONNECTED], ...growing.flat()]).found, []);
});

Deno.test("Pis without a birth are no fault of a broker that has dropped next to nothing", () => {
  const { found } = play([[1, CONNECTED], [2, count(3)], ...again(heard(5, { unborn: 5 }))]);
  assert.deepEqual(found, []);
});

Deno.test("gaps of many Pis for a minute are a fault, which ends ten minutes after the last", () => {
  const start = [[1, CONNECTED], ...again(heard(100, { gaps: 30 }))] as const;
  const { found, deadlineMs } = play(start);
  assert.deepEqual(found, [{ loss: "heartbeats_missing", sinceMs: 100 * SECOND_MS, atS: 160 }]);
  assert.equal(deadlineMs, 170 * SECOND_MS + 10 * MINUTE_MS);
  const ticks = [700, 770, 2000].map((atS) => [atS, { kind: "tick" }] as const);
  const { found: [, over, ...more] } = play([...start, ...ticks]);
  assert.deepEqual([over, ...more], [{ loss: undefined, sinceMs: 770 * SECOND_MS, atS: 770 }]);
});

Deno.test("the broker's count says why there are gaps, before and after it was restarted", () => {
  const gaps = again(heard(100, { gaps: 30 }));
  const reason = (...counts: readonly number[]) => {
    const told = counts.map((dropped, index) => [50 + index, count(dropped)] as const);
    return play([[1, CONNECTED], ...told, ...gaps]).found.map(({ loss }) => loss);
  };
  assert.deepEqual(reason(0, 9), ["dropped_by_broker"]);
  assert.deepEqual(reason(9000, 0, 9), ["dropped_by_broker"]);
  assert.deepEqual(reason(9000, 0), ["heartbeats_missing"]);
});

Deno.test("gaps of a few Pis, or once, are no fault", () => {
  assert.deepEqual(play([[1, CONNECTED], ...again(heard(5, { gaps: 2 }))]).found, [], "bad radio");
  assert.deepEqual(play([[1, CONNECTED], ...again(heard(100, { gaps: 9 }))]).found, []);
  const thrice = again(heard(100, { gaps: 90 })).slice(0, 3);
  assert.deepEqual(play([[1, CONNECTED], ...thrice]).found, [], "a broker that is restarted");
});

Deno.test("a fault that an earlier run has reported ends after ten quiet minutes", () => {
  const { found } = play([[1, CONNECTED], [599, { kind: "tick" }], [600, { kind: "tick" }]]);
  assert.deepEqual(found, [{ loss: undefined, sinceMs: 600 * SECOND_MS, atS: 600 }]);
});
