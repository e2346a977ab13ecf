/** The state of a machine's storage after a sequence of checks. */

import assert from "node:assert/strict";
import {
  judgeStorage,
  STORAGE_FAULTS,
  storageFaultOf,
  type StorageFinding,
  type StorageState,
  UNKNOWN_HEALTH,
} from "../../../core/protocol/storage.ts";

/** The reported state after each check. */
function told(...findings: readonly StorageFinding[]): (StorageState | undefined)[] {
  let health = UNKNOWN_HEALTH;
  return findings.map((finding) => {
    health = judgeStorage(health, finding);
    return health.state;
  });
}

Deno.test("storage that answers at the start is ok at once", () => {
  assert.deepEqual(told("ok", "ok"), ["ok", "ok"]);
});

Deno.test("one failed check is no fault, two in a row are", () => {
  assert.deepEqual(told("ok", "no_answer", "ok"), ["ok", "ok", "ok"]);
  assert.deepEqual(told("ok", "no_answer", "ok", "errors", "ok", "no_answer"), Array(6).fill("ok"));
  assert.deepEqual(told("ok", "no_answer", "no_answer"), ["ok", "ok", "no_answer"]);
});

Deno.test("different failures of checks are one fault", () => {
  assert.deepEqual(told("ok", "no_answer", "errors", "read_only"), [
    ...["ok", "ok"],
    "errors",
    "errors",
  ]);
});

Deno.test("a machine that begins with failing checks has a fault at the second", () => {
  assert.deepEqual(told("errors", "errors"), [undefined, "errors"]);
});

Deno.test("a repair needs five good checks in a row", () => {
  const good = Array<StorageFinding>(4).fill("ok");
  assert.deepEqual(told("errors", "errors", ...good, "errors", ...good, "ok"), [
    undefined,
    ...Array(10).fill("errors"),
    "ok",
  ]);
});

Deno.test("an unsupported check is never a fault, and repairs none", () => {
  assert.deepEqual(told("not_known", "not_known", "not_known"), Array(3).fill(undefined));
  assert.deepEqual(told("ok", "not_known", "errors", "not_known"), Array(4).fill("ok"));
  assert.deepEqual(told("errors", "errors", "not_known", "not_known").at(-1), "errors");
});

Deno.test("an unsupported check does not interrupt a row of failures", () => {
  assert.equal(told("ok", "errors", "not_known", "errors").at(-1), "errors");
});

Deno.test("an unknown fault code of another version counts as errors", () => {
  for (const fault of STORAGE_FAULTS) assert.equal(storageFaultOf(fault), fault);
  for (const strange of ["melted", 7, null, undefined, {}]) {
    assert.equal(storageFaultOf(strange), "errors");
  }
});
