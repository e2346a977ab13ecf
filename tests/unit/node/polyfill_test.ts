/** What bundles add to an older Node.js does what the language itself does. */

import assert from "node:assert/strict";
import { anySignal } from "../../../node/polyfill/any_signal.ts";
import { Disposables } from "../../../node/polyfill/disposables.ts";
import { groupBy, some, toSorted, withResolvers } from "../../../node/polyfill/language.ts";
import { isWellFormed, toWellFormed } from "../../../node/polyfill/well_formed.ts";

Deno.test("withResolvers gives a promise and both its ends", async () => {
  const kept = withResolvers<number>();
  kept.resolve(7);
  assert.equal(await kept.promise, 7);
  const broken = withResolvers<number>();
  broken.reject(new Error("broken"));
  await assert.rejects(broken.promise, /broken/);
});

Deno.test("groupBy, toSorted and some answer like those of the language", () => {
  const numbers = [3, 1, 4, 1, 5, 9, 2, 6];
  const parity = (number: number, index: number) => (number + index) % 2;
  assert.deepEqual(groupBy(numbers, parity), Map.groupBy(numbers, parity));
  assert.deepEqual(toSorted.call(numbers), numbers.toSorted());
  const falling = (a: number, b: number) => b - a;
  assert.deepEqual(toSorted.call(numbers, (a, b) => falling(Number(a), Number(b))), [
    ...numbers.toSorted(falling),
  ]);
  for (const wanted of [9, 7]) {
    const seen: unknown[] = [];
    const isWanted = (item: unknown) => {
      seen.push(item);
      return item === wanted;
    };
    assert.equal(some.call(numbers.values(), isWanted), numbers.values().some((n) => n === wanted));
    assert.equal(seen.length, wanted === 9 ? 6 : numbers.length);
  }
});

Deno.test("halves of surrogate pairs are found and replaced like the language does", () => {
  for (
    const text of ["", "plain", "🥧", "a\ud83eb", "\udd67", "\ud83e", "\udd67\ud83e", "🥧\ud83e"]
  ) {
    assert.equal(isWellFormed.call(text), text.isWellFormed(), JSON.stringify(text));
    assert.equal(toWellFormed.call(text), text.toWellFormed(), JSON.stringify(text));
  }
});

Deno.test("the first signal of several aborts, for its reason", () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const any = anySignal([first.signal, second.signal]);
  assert.equal(any.aborted, false);
  second.abort("second");
  first.abort("first");
  assert.equal(any.reason, "second");
  assert.equal(anySignal([new AbortController().signal, first.signal]).reason, "first");
});

/** Plays the same with the language's own stack and with ours. */
function played(stack: DisposableStack | Disposables): readonly string[] {
  const told: string[] = [];
  const part = { [Symbol.dispose]: () => void told.push("part") };
  assert.equal(stack.use(part), part);
  assert.equal(stack.use(undefined), undefined);
  assert.equal(stack.adopt("handle", (value) => told.push(value)), "handle");
  stack.defer(() => {
    told.push("failing");
    throw new Error("first");
  });
  stack.defer(() => {
    throw new Error("second");
  });
  const moved = stack.move();
  assert.equal(stack.disposed, true);
  stack.dispose();
  assert.throws(() => stack.defer(() => {}), ReferenceError);
  assert.equal(told.length, 0);
  try {
    moved.dispose();
  } catch (error) {
    assert.ok(error instanceof Error && "error" in error && "suppressed" in error);
    told.push(error.name, String(error.error), String(error.suppressed));
  }
  moved[Symbol.dispose]();
  return told;
}

Deno.test("a stack disposes in reverse, once, and throws what went wrong", () => {
  assert.deepEqual(played(new Disposables()), played(new DisposableStack()));
});
