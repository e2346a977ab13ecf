import assert from "node:assert/strict";
import { isOlderRelease } from "../../../core/text/release.ts";

Deno.test("versions are compared part by part, as numbers", () => {
  assert.equal(isOlderRelease("0.9.0", "0.10.0"), true);
  assert.equal(isOlderRelease("0.10.0", "0.9.9"), false);
  assert.equal(isOlderRelease("1.2.3", "1.2.3"), false);
  assert.equal(isOlderRelease("1.2.3-rc1", "1.2.4"), true);
});

Deno.test("what is no version is not older", () => {
  for (const text of ["", "dev", "1.2", "v1.2.3", "1.2.3.4", "9999999.0.0", "1.2.3\n"]) {
    assert.equal(isOlderRelease(text, "2.0.0"), false, text);
  }
});
