/** Lists that stay in order, against sorting them anew. */

import fc from "fast-check";
import assert from "node:assert/strict";
import {
  ascending,
  countWhile,
  firstOf,
  insertSorted,
  itemsWhile,
  lastWhile,
  newSortedList,
  removeSorted,
} from "../../../core/structures/sorted_list.ts";

const anyValue = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(-Infinity, Infinity));
/** Enough for several chunks. */
const anyChanges = fc.array(
  fc.tuple(fc.constantFrom("insert", "insert", "remove"), anyValue),
  { maxLength: 2500, size: "max" },
);

Deno.test("a list stays in order, holds what was inserted, and loses one of what is removed", () => {
  fc.assert(
    fc.property(anyChanges, anyValue, (changes, limit) => {
      const list = newSortedList<number>();
      const expected: number[] = [];
      for (const [change, value] of changes) {
        if (change === "insert") {
          insertSorted(list, value, ascending);
          expected.push(value);
        } else {
          removeSorted(list, value, ascending);
          const index = expected.indexOf(value);
          if (index >= 0) expected.splice(index, 1);
        }
      }
      expected.sort(ascending);
      const below = expected.filter((value) => value <= limit);
      assert.deepEqual(itemsWhile(list, () => true), expected);
      assert.deepEqual(itemsWhile(list, (value) => value <= limit), below);
      assert.equal(lastWhile(list, (value) => value <= limit), below.at(-1));
      assert.equal(firstOf(list), expected[0]);
      assert(list.chunks.every(({ length }) => length > 0));
    }),
    { numRuns: 50 },
  );
});

Deno.test("the items at the beginning that fulfil a condition are counted", () => {
  fc.assert(
    fc.property(fc.array(anyValue), anyValue, (values, limit) => {
      const list = values.toSorted(ascending);
      const expected = list.filter((value) => value <= limit).length;
      assert.equal(countWhile(list, (value) => value <= limit), expected);
    }),
  );
});
