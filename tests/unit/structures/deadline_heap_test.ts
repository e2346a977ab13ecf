/** Compares the heap with a simple list that is searched. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { DeadlineHeap } from "../../../core/structures/deadline_heap.ts";

Deno.test("an empty heap has no due id", () => {
  const heap = new DeadlineHeap();
  assert.equal(heap.nextMs(), Infinity);
  assert.deepEqual(heap.takeDue(Number.MAX_VALUE), []);
});

Deno.test("ids are due in the order of their instants, and once", () => {
  const heap = new DeadlineHeap();
  heap.schedule("b", 20);
  heap.schedule("c", 30);
  heap.schedule("a", 10);
  assert.equal(heap.nextMs(), 10);
  assert.deepEqual(heap.takeDue(20), ["a", "b"]);
  assert.equal(heap.nextMs(), 30);
  assert.deepEqual(heap.takeDue(29), []);
  assert.deepEqual(heap.takeDue(30), ["c"]);
  assert.equal(heap.nextMs(), Infinity);
});

Deno.test("an earlier instant counts, a later one changes nothing", () => {
  const heap = new DeadlineHeap();
  heap.schedule("a", 20);
  heap.schedule("a", 30);
  assert.equal(heap.nextMs(), 20);
  heap.schedule("a", 10);
  assert.deepEqual(heap.takeDue(10), ["a"]);
  assert.deepEqual(heap.takeDue(100), []);
});

Deno.test("Infinity is never due", () => {
  const heap = new DeadlineHeap();
  heap.schedule("a", Infinity);
  assert.deepEqual(heap.takeDue(Number.MAX_VALUE), []);
  heap.schedule("a", 10);
  assert.equal(heap.nextMs(), 10);
});

Deno.test("a cancelled id is not due, and can be scheduled again", () => {
  const heap = new DeadlineHeap();
  heap.schedule("a", 10);
  heap.schedule("b", 20);
  heap.cancel("a");
  heap.cancel("never-there");
  assert.equal(heap.nextMs(), 20);
  heap.schedule("a", 30);
  assert.deepEqual(heap.takeDue(40), ["b", "a"]);
});

Deno.test("ids that are added and removed repeatedly leave nothing behind", () => {
  const heap = new DeadlineHeap();
  heap.schedule("stays", 10);
  for (let index = 0; index < 10_000; index++) {
    heap.schedule(`gone-${index}`, 1_000_000 - index);
    heap.cancel(`gone-${index}`);
  }
  assert.ok(heap.size < 100, `${heap.size} entries`);
  assert.deepEqual(heap.takeDue(Number.MAX_VALUE), ["stays"]);
});

type Command =
  | { readonly kind: "schedule"; readonly id: string; readonly atMs: number }
  | { readonly kind: "cancel"; readonly id: string }
  | { readonly kind: "take"; readonly nowMs: number };

const id = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
const instantMs = fc.integer({ min: 0, max: 40 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("schedule" as const), id, atMs: instantMs }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("take" as const), nowMs: instantMs }) },
);

Deno.test("the heap gives the same answers as a searched list", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const heap = new DeadlineHeap();
      const list = new Map<string, number>();
      for (const command of commands) {
        switch (command.kind) {
          case "schedule":
            heap.schedule(command.id, command.atMs);
            list.set(command.id, Math.min(list.get(command.id) ?? Infinity, command.atMs));
            break;
          case "cancel":
            heap.cancel(command.id);
            list.delete(command.id);
            break;
          case "take": {
            const due = [...list].filter(([, atMs]) => atMs <= command.nowMs);
            const woken = heap.takeDue(command.nowMs);
            const instants = woken.map((wokenId) => list.get(wokenId) ?? NaN);
            assert.deepEqual([...woken].sort(), due.map(([dueId]) => dueId).sort());
            assert.deepEqual(instants, [...instants].sort((a, b) => a - b));
            for (const [dueId] of due) list.delete(dueId);
          }
        }
        assert.equal(heap.nextMs(), Math.min(Infinity, ...list.values()));
      }
    }),
    { numRuns: 300 },
  );
});
