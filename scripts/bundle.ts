/** Makes one minified file of a program and all its imports. */

import * as esbuild from "esbuild";
import { join } from "node:path";
import { withNodeTimers } from "./node_timers.ts";
import {
  type Architecture,
  ENTRY,
  foreignPermissions,
  NODE_PROGRAMS,
  type Program,
} from "./permissions.ts";
import { PROJECT, runDeno } from "./project.ts";

const BUILD = join(PROJECT, "build");

/** The hub's worker, by the name of its bundle. */
const HUB_WORKER = { name: "hub_store", entry: "hub/store_worker.ts" };

/** Bundles a program into `build/<program>.js`, and returns that absolute path. */
export async function bundleProgram(program: Program): Promise<string> {
  if (program === "hub") await bundle(HUB_WORKER.name, HUB_WORKER.entry);
  return await bundle(program, ENTRY[program]);
}

/** The bundles of agent and tracker for the executable that is both. */
export interface SharedBundle {
  readonly folder: string;
  /** Absolute paths: the two programs, and what both of them need. */
  readonly files: readonly string[];
}

/**
 * Bundles agent and tracker into `build/shared/`. What both need is in a file that they share, because
 * an executable has all that is embedded in it in memory.
 */
export async function bundleAgentAndTracker(): Promise<SharedBundle> {
  const folder = join(BUILD, "shared");
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const entries = NODE_PROGRAMS.map((program) => ENTRY[program]);
  const split = ["--code-splitting", `--outdir=${folder}`];
  await runDeno(["bundle", "--quiet", ...split, ...entries], { stdout: "null" });
  const files = [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name));
  for (const file of files) await minify(file, file);
  return { folder, files };
}

/**
 * Writes the entry of the executable of agent and tracker beside their bundles. Returns its path.
 */
export async function writeSharedEntry(
  { folder }: SharedBundle,
  architecture: Architecture,
): Promise<string> {
  const entry = join(folder, "entry.js");
  await Deno.writeTextFile(entry, await sharedEntry(architecture));
  return entry;
}

/** The JavaScript of `agent_or_tracker.ts` for an architecture, with the permissions that it revokes. */
export async function sharedEntry(architecture: Architecture): Promise<string> {
  const foreign = NODE_PROGRAMS.map((name) => [name, foreignPermissions(name, architecture)]);
  try {
    const { code } = await esbuild.transform(
      await Deno.readTextFile(join(PROJECT, "agent_or_tracker.ts")),
      {
        loader: "ts",
        format: "esm",
        target: "esnext",
        minify: true,
        define: { FOREIGN: JSON.stringify(Object.fromEntries(foreign)) },
      },
    );
    return code;
  } finally {
    await esbuild.stop();
  }
}

async function bundle(name: string, entry: string): Promise<string> {
  await Deno.mkdir(BUILD, { recursive: true });
  const whole = join(BUILD, `${name}.bundle.js`);
  const small = join(BUILD, `${name}.js`);
  await runDeno(["bundle", "--quiet", `--output=${whole}`, entry], { stdout: "null" });
  await minify(whole, small);
  await Deno.remove(whole);
  return small;
}

/**
 * tslib says that it is an ES module, and has no default export. Its own wrapper reads one, which
 * Node.js provides and this Deno's bundler does not.
 */
function withTslib(bundle: string): string {
  return bundle.replace(/\b(import_tslib\d*)\.default\b/g, "($1.default ?? $1)");
}

/** A separate step, because `deno bundle --minify` of this Deno breaks CommonJS packages. */
async function minify(bundle: string, minified: string): Promise<void> {
  try {
    const { code } = await esbuild.transform(
      await withNodeTimers(withTslib(await Deno.readTextFile(bundle))),
      {
        minify: true,
        format: "esm",
        target: "esnext",
        charset: "utf8",
        legalComments: "none",
      },
    );
    await Deno.writeTextFile(minified, code);
  } finally {
    await esbuild.stop();
  }
}
