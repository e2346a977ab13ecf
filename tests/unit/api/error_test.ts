/** Errors of the API as its clients read them. */

import assert from "node:assert/strict";
import { apiErrorIn } from "../../../core/api/error.ts";

Deno.test("what an answer does not say of its error, or says in another way, is absent", () => {
  const whole = { code: "bad_request", message: "name: expected a name", field: "name" };
  assert.deepEqual(apiErrorIn({ error: whole }), whole);
  assert.deepEqual(apiErrorIn({ error: { code: "of_a_newer_hub", message: "x" } }), {
    message: "x",
  });
  for (
    const body of [
      undefined,
      null,
      "",
      "error",
      7,
      [],
      {},
      { error: null },
      { error: "internal" },
      {
        error: { code: 7, message: {}, field: [] },
      },
      { error: { code: "constructor" } },
    ]
  ) {
    assert.deepEqual(apiErrorIn(body), {}, JSON.stringify(body));
  }
});
