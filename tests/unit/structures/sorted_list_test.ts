/** Lists that stay in order, against sorting them anew. */

import fc from "fast-check";
import assert from "node:assert/strict";
import {
  ascending,
  countWhile,
  insertSorted,
  removeSorted,
} from "../../../core/structures/sorted_list.ts";

const anyInstant = fc.constantFrom(-Infinity, -1.5, 0, 1, 1, 2, 7, Infinity);

Deno.test("a list stays in order, holds what was inserted, and loses one of what is removed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), anyInstant)), (changes) => {
      const list: number[] = [];
      const expected: number[] = [];
      for (const [isInserted, value] of changes) {
        if (isInserted) {
          insertSorted(list, value, ascending);
          expected.push(value);
        } else {
          removeSorted(list, value, ascending);
          const index = expected.indexOf(value);
          if (index >= 0) expected.splice(index, 1);
        }
        expected.sort(ascending);
        assert.deepEqual(list, expected);
      }
    }),
  );
});

Deno.test("the items at the beginning that fulfil a condition are counted", () => {
  fc.assert(
    fc.property(fc.array(anyInstant), anyInstant, (values, limit) => {
      const list = values.toSorted(ascending);
      const expected = list.filter((value) => value <= limit).length;
      assert.equal(countWhile(list, (value) => value <= limit), expected);
    }),
  );
});
