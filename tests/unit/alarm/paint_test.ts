import assert from "node:assert/strict";
import { red } from "../../../io/program/paint.ts";

Deno.test("only a terminal gets colours, unless its user does not want them", () => {
  const painted = Deno.noColor ? "bad" : "\x1b[31mbad\x1b[39m";
  assert.equal(red("bad", { isTerminal: () => true }), painted);
  assert.equal(red("bad", { isTerminal: () => false }), "bad");
});
