/** Versions of packages, as dpkg orders them. */

import assert from "node:assert/strict";
import { compareVersions } from "../../../core/text/package_version.ts";

Deno.test("versions are ordered as dpkg orders them", () => {
  const ordered = [
    "0.1.0~rc1",
    "0.1.0",
    "0.1.0-1",
    "0.1.0-2",
    "0.1.1",
    "0.2.0",
    "0.10.0",
    "1.0.0a",
  ];
  for (const [index, older] of ordered.entries()) {
    for (const newer of ordered.slice(index + 1)) {
      assert.ok(compareVersions(older, newer) < 0, `${older} < ${newer}`);
      assert.ok(compareVersions(newer, older) > 0, `${newer} > ${older}`);
    }
    assert.equal(compareVersions(older, older), 0);
  }
});
