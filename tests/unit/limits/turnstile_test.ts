/** A large batch that passes a few at a time. */

import assert from "node:assert/strict";
import { Turnstile } from "../../../hub/listen/turnstile.ts";
import { turn } from "../../../io/time/turn.ts";

const LOAD = 400;

Deno.test("a large batch leaves others many turns, and passes whole and in order", async () => {
  const turnstile = new Turnstile();
  const passed: number[] = [];
  const load = Promise.all(
    Array.from({ length: LOAD }, (_, index) => turnstile.pass().then(() => passed.push(index))),
  );
  let turns = 0;
  while (passed.length < LOAD) {
    const before = passed.length;
    await turn();
    turns++;
    assert.ok(passed.length - before <= LOAD / 20, `${passed.length - before} in one turn`);
  }
  await load;
  assert.ok(turns >= 20, `${turns}`);
  assert.deepEqual(passed, passed.toSorted((a, b) => a - b));
  await turnstile.pass();
});
