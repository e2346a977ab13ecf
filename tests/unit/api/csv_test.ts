/** Tables for spreadsheets, with node names from the network in them. */

import assert from "node:assert/strict";
import { csvOf } from "../../../hub/http/csv.ts";

Deno.test("a table is lines of cells, with quotes where they are needed", () => {
  assert.equal(
    csvOf([["id", "name"], [1, "John Snow"], [2, 'a "b", c'], [3, "two\nlines"], [4, null], [
      5,
      "",
    ]]),
    'id,name\r\n1,John Snow\r\n2,"a ""b"", c"\r\n3,"two\nlines"\r\n4,\r\n5,\r\n',
  );
});

Deno.test("a table contains no formulas, whatever the nodes' names are", () => {
  const names = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'];
  for (const name of names) {
    const cell = csvOf([[name]]).replace(/\r\n$/, "").replace(/^"/, "");
    assert.equal(cell[0], "'", name);
  }
  assert.equal(csvOf([[-1, "a=b"]]), "-1,a=b\r\n");
});
