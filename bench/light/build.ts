/**
 * Compiles `agent` and `tracker` of this file's tree for this machine, like `compile`:
 * `build.ts FOLDER`. A bench also copies this file into the tree of an earlier version.
 */

import { join } from "node:path";
import { bundleProgram } from "../../scripts/bundle.ts";
import { permissionFlags } from "../../scripts/permissions.ts";

const [folder = "."] = Deno.args;
const architecture = Deno.build.arch;
const denort = Deno.env.get(`DENORT_BIN_${architecture.toUpperCase()}`);

for (const program of ["agent", "tracker"] as const) {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--quiet", "--no-check", "--no-config", "--no-code-cache"],
      `--target=${architecture}-unknown-linux-gnu`,
      "--v8-flags=--jitless,--max-old-space-size=64",
      ...permissionFlags(program, architecture),
      `--output=${join(folder, program)}`,
      await bundleProgram(program),
    ],
    env: denort ? { DENORT_BIN: denort } : {},
    stdout: "inherit",
    stderr: "inherit",
  });
  const { code } = await command.output();
  if (code !== 0) Deno.exit(code);
}
