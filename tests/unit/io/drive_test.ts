/** Steps that are due together form one turn. */

import assert from "node:assert/strict";
import type { Machine } from "../../../core/machine.ts";
import { drive, Inbox, stepsOf } from "../../../io/drive.ts";
import type { Clock } from "../../../io/time/clock.ts";

/** Sums its inputs; throws at 13; ticks once on request. */
const COUNTING: Machine<{ sum: number; deadlineMs: number }, Add, number> = {
  step(state, input) {
    if (input.kind === "tick") state.deadlineMs = Infinity;
    else if (input.amount === 13) throw new Error("thirteen");
    else state.sum += input.amount;
    return [state, [state.sum]];
  },
  deadlineMs: ({ deadlineMs }) => deadlineMs,
};

interface Add {
  readonly kind: "add";
  readonly amount: number;
}

/** Each reading of the clock takes this long; nothing wakes by itself. */
function clockOf(lookMs: number): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs += lookMs,
    wallMs: (atMs) => atMs,
    callAt: () => ({ [Symbol.dispose]: () => {} }),
  };
}

function play(
  amounts: readonly number[],
  { lookMs = 0, deadlineMs = Infinity, stop = new AbortController() } = {},
) {
  const inbox = new Inbox<Add>();
  for (const amount of amounts) inbox.put({ kind: "add", amount });
  return drive({
    machine: COUNTING,
    initial: { sum: 0, deadlineMs },
    inbox,
    clock: clockOf(lookMs),
    stop: stop.signal,
    onTurn: () => stop.abort(),
  });
}

Deno.test("what waits is taken in one turn, the tick with it, and 256 steps at most", async () => {
  const amounts = Array.from({ length: 300 }, () => 1);
  const turns = await Array.fromAsync(play(amounts, { deadlineMs: -1 }));
  assert.deepEqual(turns.map((turn) => turn.length), [256, 45]);
  assert.deepEqual(turns.flat().map(({ outputs: [sum] }) => sum), [
    ...amounts.map((_, index) => index + 1),
    300,
  ]);
  assert.equal(turns.at(-1)?.at(-1)?.input.kind, "tick");
});

Deno.test("a turn of slow steps is short", async () => {
  // Two readings for each step, and one for each turn.
  const turns = await Array.fromAsync(play([1, 2, 3, 4], { lookMs: 10 }));
  assert.ok(turns.length > 1);
  assert.equal(turns.flat().length, 4);
});

Deno.test("what was done before a step that throws is handed over", async () => {
  const sums: (number | undefined)[] = [];
  await assert.rejects(async () => {
    for await (const { outputs } of stepsOf(play([1, 2, 13, 4]))) sums.push(outputs[0]);
  }, /thirteen/);
  assert.deepEqual(sums, [1, 3]);
});

Deno.test("a consumer that leaves in the middle of a turn receives nothing more", async () => {
  let count = 0;
  for await (const turn of play(Array.from({ length: 300 }, () => 1))) {
    count += turn.length;
    break;
  }
  assert.equal(count, 256);
});

Deno.test("nothing makes no turn", async () => {
  assert.deepEqual(await Array.fromAsync(play([])), []);
});
