/**
 * Compiles the `hub` of this file's tree for this machine, like `compile`: `build.ts FOLDER`. A bench
 * also copies this file into the tree of an earlier version.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildPage } from "../../scripts/build_page.ts";
import { bundleProgram } from "../../scripts/bundle.ts";
import * as compile from "../../scripts/compile.ts";
import { permissionFlags } from "../../scripts/permissions.ts";

const [folder = "."] = Deno.args;
const architecture = Deno.build.arch;
const denort = Deno.env.get(`DENORT_BIN_${architecture.toUpperCase()}`);

await buildPage();
const program = await bundleProgram("hub");
// The earlier version exports no flags, and has no worker.
const V8_FLAGS = "HUB_V8_FLAGS" in compile
  ? compile.HUB_V8_FLAGS
  : "--v8-flags=--optimize-for-size";
const WORKER = join("build", "hub_store.js");
const embedded = ["build/web", "LICENSE", ...(existsSync(WORKER) ? [WORKER] : [])];
const command = new Deno.Command(Deno.execPath(), {
  args: [
    ...["compile", "--quiet", "--no-check", "--no-config", "--no-code-cache"],
    `--target=${architecture}-unknown-linux-gnu`,
    V8_FLAGS,
    ...embedded.map((path) => `--include=${path}`),
    ...permissionFlags("hub", architecture),
    `--output=${join(folder, "hub")}`,
    program,
  ],
  env: denort ? { DENORT_BIN: denort } : {},
  stdout: "inherit",
  stderr: "inherit",
});
const { code } = await command.output();
if (code !== 0) Deno.exit(code);
