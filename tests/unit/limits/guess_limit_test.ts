/** How many wrong secrets are answered as such. */

import assert from "node:assert/strict";
import { GuessLimit } from "../../../core/limits/guess_limit.ts";

Deno.test("a few wrong secrets of one source are welcome, more are put off, others are not", () => {
  const limit = new GuessLimit();
  for (let index = 0; index < 10; index++) assert.equal(limit.noteWrong("a", 0), undefined);
  assert.equal(limit.noteWrong("a", 0), 6);
  assert.equal(limit.noteWrong("b", 0), undefined);
  assert.equal(limit.noteWrong("a", 6000), undefined);
  assert.equal(limit.noteWrong("a", 6000), 6);
});

Deno.test("all sources together have a limit, too", () => {
  const limit = new GuessLimit();
  for (let index = 0; index < 100; index++) {
    assert.equal(limit.noteWrong(`source ${index}`, 0), undefined);
  }
  assert.equal(limit.noteWrong("one more", 0), 1);
  assert.equal(limit.noteWrong("one more", 1000), undefined);
});
