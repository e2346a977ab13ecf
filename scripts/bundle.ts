/** Makes one minified file of a program and all its imports. */

import * as esbuild from "esbuild";
import { join } from "node:path";
import { withNodeTimers } from "./node_timers.ts";
import { ENTRY, type Program } from "./permissions.ts";
import { PROJECT, runDeno } from "./project.ts";

const BUILD = join(PROJECT, "build");

/** The hub's worker, by the name of its bundle. */
const HUB_WORKER = { name: "hub_store", entry: "hub/store_worker.ts" };

/** Bundles a program into `build/<program>.js`, and returns that absolute path. */
export async function bundleProgram(program: Program): Promise<string> {
  if (program === "hub") await bundle(HUB_WORKER.name, HUB_WORKER.entry);
  return await bundle(program, ENTRY[program]);
}

async function bundle(name: string, entry: string): Promise<string> {
  await Deno.mkdir(BUILD, { recursive: true });
  const whole = join(BUILD, `${name}.bundle.js`);
  const small = join(BUILD, `${name}.js`);
  await runDeno(["bundle", "--quiet", `--output=${whole}`, entry], { stdout: "null" });
  // A separate step, because `deno bundle --minify` of this Deno breaks CommonJS packages.
  try {
    const { code } = await esbuild.transform(await withNodeTimers(await Deno.readTextFile(whole)), {
      minify: true,
      format: "esm",
      target: "esnext",
      charset: "utf8",
      legalComments: "none",
    });
    await Deno.writeTextFile(small, code);
  } finally {
    await esbuild.stop();
  }
  await Deno.remove(whole);
  return small;
}
