/** A large batch that passes a few at a time. */

import assert from "node:assert/strict";
import { Turnstile } from "../../../hub/listen/turnstile.ts";
import { turn } from "../../../io/time/turn.ts";

const CROWD = 400;

Deno.test("a large batch leaves others many turns, and passes whole and in order", async () => {
  const turnstile = new Turnstile();
  const passed: number[] = [];
  const crowd = Promise.all(
    Array.from({ length: CROWD }, (_, index) => turnstile.pass().then(() => passed.push(index))),
  );
  let turns = 0;
  while (passed.length < CROWD) {
    const before = passed.length;
    await turn();
    turns++;
    assert.ok(passed.length - before <= CROWD / 20, `${passed.length - before} in one turn`);
  }
  await crowd;
  assert.ok(turns >= 20, `${turns}`);
  assert.deepEqual(passed, passed.toSorted((a, b) => a - b));
  await turnstile.pass();
});
