/** What Debian's own examiner says of the packages as they are published. */

import assert from "node:assert/strict";
import { PI_TARGETS } from "../../../scripts/debian/packages.ts";
import { makePackages } from "../../../scripts/package.ts";
import { VERSION } from "../../../core/version.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

Deno.test("lintian finds nothing to warn of in any package", async () => {
  using folder = new TemporaryFolder();
  const packages = await makePackages({
    version: VERSION,
    folder: folder.path,
    targets: PI_TARGETS,
    compression: "xz",
  });
  const args = ["--fail-on", "error,warning", "--no-cfg", "--allow-root", ...packages];
  const { code, stdout, stderr } = await runCommand("lintian", { args });
  assert.equal(code, 0, stdout + stderr);
});
