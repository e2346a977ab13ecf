/** A message that comes by several brokers counts once. */

import assert from "node:assert/strict";
import { Copies } from "../../../core/protocol/copies.ts";

function heardBy(copies: Copies, payload: string) {
  return (index: number, nowMs: number) => copies.isCopy("topic", payload, { index, nowMs });
}

Deno.test("the same message by another broker is a copy, whichever was first", () => {
  const hear = heardBy(new Copies(), "press");
  assert.equal(hear(1, 0), false);
  assert.equal(hear(0, 30), true);
});

Deno.test("a repetition by the same broker is a new message, and has a copy of its own", () => {
  const hear = heardBy(new Copies(), "press");
  assert.deepEqual([hear(0, 0), hear(0, 10), hear(1, 20), hear(1, 30)], [false, false, true, true]);
  assert.deepEqual([hear(1, 40), hear(0, 50)], [false, true]);
});

Deno.test("what one broker loses is heard by the other", () => {
  const hear = heardBy(new Copies(), "press");
  assert.deepEqual([hear(0, 0), hear(1, 5), hear(1, 10)], [false, true, false]);
});

Deno.test("another payload is another message", () => {
  const copies = new Copies();
  assert.equal(heardBy(copies, "a")(0, 0), false);
  assert.equal(heardBy(copies, "b")(1, 1), false);
});

Deno.test("any number of messages takes no more memory than a few", () => {
  const copies = new Copies();
  for (let count = 0; count < 10_000; count++) heardBy(copies, `${count}`)(0, count);
  assert.equal(heardBy(copies, "9999")(1, 10_000), true);
  assert.equal(heardBy(copies, "0")(1, 10_000), false);
});
