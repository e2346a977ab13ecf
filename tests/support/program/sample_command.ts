/** The command that starts the sample program, on what agents and trackers of this run are started on. */

import { ENVIRONMENT_NAMES } from "../../../core/config/keys.ts";
import { bundleForNode } from "../../../scripts/bundle_node.ts";
import { NODE, ownRuntime, STARTER } from "./runtimes.ts";

const PROGRAM = new URL("sample_program.ts", import.meta.url).pathname;

/** With the permissions of a compiled program, to read that folder. */
export async function sampleCommand(folder: string): Promise<readonly [string, ...string[]]> {
  if (ownRuntime === "node") return ["/usr/bin/perl", STARTER, NODE, await ownBundle()];
  return [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--no-check",
    "--quiet",
    `--allow-read=${folder}`,
    `--allow-env=${[...ENVIRONMENT_NAMES, "TZ"].join(",")}`,
    "--ignore-env",
    "--allow-sys=hostname",
    PROGRAM,
  ];
}

let bundle: string | undefined;

/** Made once in a run. */
async function ownBundle(): Promise<string> {
  if (bundle !== undefined) return bundle;
  const path = await Deno.makeTempFile({ prefix: "sample-", suffix: ".mjs" });
  globalThis.addEventListener("unload", () => Deno.removeSync(path));
  await bundleForNode(PROGRAM, path);
  bundle = path;
  return path;
}
