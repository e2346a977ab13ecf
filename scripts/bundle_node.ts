/**
 * Makes `dist/agent.mjs` and `dist/tracker.mjs`, which run on Node.js 18 and later where there is no
 * Deno (32-bit ARM). Each is one file that needs no package.
 *
 * Deno bundles the sources. esbuild then replaces the names of Deno by those of `node/`, adds what
 * older versions of Node.js lack, and translates newer syntax.
 */

import * as esbuild from "esbuild";
import { basename, join, relative } from "node:path";
import { BUNDLED, bundlePath } from "./bundle_path.ts";
import { isStale } from "./freshness.ts";
import { placeKoffi } from "./koffi.ts";
import { ENTRY } from "./permissions.ts";
import { PROJECT, runDeno } from "./project.ts";

const BUILD = join(PROJECT, "build", "for_node");
/** The oldest version of Node.js that runs them. */
const TARGET = "node18";

const INGREDIENTS = [
  ...["agent", "agent.ts", "core", "ffi", "io", "node", "tracker", "tracker.ts", "vitals"],
  ...["scripts/bundle_node.ts", "scripts/koffi.ts", "deno.json", "deno.lock"],
].map((name) => join(PROJECT, name));

/** Bundles both programs, and puts the native part of the tracker beside them. */
async function bundleAll(): Promise<void> {
  for (const program of BUNDLED) {
    const path = bundlePath(program);
    await bundleForNode(join(PROJECT, ENTRY[program]), path);
    const megabytes = (await Deno.stat(path)).size / 1e6;
    console.log(`${relative(PROJECT, path)}  ${megabytes.toFixed(2)} MB`);
  }
  await placeKoffi();
}

export interface BundleOptions {
  /** The module that has the names of Deno. */
  readonly names?: string;
}

/** Bundles one program, by the absolute paths of its source and of the result. */
export async function bundleForNode(
  entry: string,
  result: string,
  { names = join(PROJECT, "node/deno_names.ts") }: BundleOptions = {},
): Promise<void> {
  await Deno.mkdir(BUILD, { recursive: true });
  const whole = join(BUILD, `${basename(result, ".mjs")}.js`);
  await runDeno(["bundle", "--quiet", `--output=${whole}`, entry], { stdout: "null" });
  try {
    await esbuild.build({
      entryPoints: [whole],
      outfile: result,
      bundle: true,
      platform: "node",
      format: "esm",
      target: TARGET,
      inject: [
        join(PROJECT, "node/polyfill.ts"),
        names,
        join(PROJECT, "node/kernel_access.ts"),
      ],
      minify: true,
      charset: "utf8",
      legalComments: "none",
      logLevel: "warning",
    });
  } finally {
    await esbuild.stop();
  }
}

/** Bundles when a bundle is missing, or older than one of its sources. */
export async function bundleWhenStale(): Promise<void> {
  if (await isStale(BUNDLED.map(bundlePath), INGREDIENTS)) await bundleAll();
}

if (import.meta.main) {
  try {
    await (Deno.args.includes("--when-stale") ? bundleWhenStale() : bundleAll());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
