/**
 * Makes the executables `dist/{agent,tracker,hub}-{x86_64,aarch64}`.
 *
 * Each program is type-checked, bundled, minified and then compiled. A bundled executable starts
 * sooner, needs less memory, and contains no unused package.
 */

import { join } from "node:path";
import { buildPage, buildPageWhenStale } from "./build_page.ts";
import { bundleProgram } from "./bundle.ts";
import { readElf } from "./elf.ts";
import { isStale } from "./freshness.ts";
import { type Architecture, permissionFlags, type Program } from "./permissions.ts";
import { PROJECT, runDeno } from "./project.ts";

const DIST = join(PROJECT, "dist");
const PROGRAMS: readonly Program[] = ["agent", "tracker", "hub"];
const ARCHITECTURES: readonly Architecture[] = ["x86_64", "aarch64"];

/** The sources of the executables. */
const INGREDIENTS = [
  ...["agent.ts", "tracker.ts", "core", "ffi", "hub", "io", "scripts", "tracker", "vitals", "web"],
  ...["LICENSE", "deno.json", "deno.lock"],
];

/**
 * Agent and tracker run without a JIT, so that systemd may forbid memory that is both writable and
 * executable. Their heap has a limit, so that a runaway program ends early and restarts.
 */
const SMALL_PROGRAM_V8_FLAGS = "--v8-flags=--jitless,--max-old-space-size=64";
/**
 * V8 otherwise collects garbage only when the heap has doubled: a flood of connections took the hub
 * from 110 MB to 430 MB. With this flag it was 220 MB.
 */
const HUB_V8_FLAGS = "--v8-flags=--optimize-for-size";

/**
 * Builds all six executables after removing the old ones.
 *
 * Throws when one cannot be built or is for another machine, after the others were built.
 */
async function compileAll(): Promise<void> {
  await runDeno(["check", "agent.ts", "tracker.ts", "hub/main.ts"]);
  await buildPage();
  await Deno.remove(DIST, { recursive: true }).catch(ignoreAbsence);
  await Deno.mkdir(DIST, { recursive: true });
  const failures: string[] = [];
  for (const program of PROGRAMS) {
    const bundle = await bundleProgram(program);
    for (const architecture of ARCHITECTURES) {
      try {
        await compile(program, architecture, bundle);
      } catch {
        // Deno has printed the reason; usually it could not download its runtime for the target.
        const variable = denortVariable(architecture);
        failures.push(
          `Cannot make dist/${program}-${architecture} (${variable} may name a denort)`,
        );
      }
    }
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
}

/** Builds all six when one is missing, or older than one of its sources; the page likewise. */
export async function compileWhenStale(): Promise<void> {
  const executables = PROGRAMS.flatMap((program) =>
    ARCHITECTURES.map((architecture) => join(DIST, `${program}-${architecture}`))
  );
  const ingredients = INGREDIENTS.map((name) => join(PROJECT, name));
  await (await isStale(executables, ingredients) ? compileAll() : buildPageWhenStale());
}

async function compile(
  program: Program,
  architecture: Architecture,
  bundle: string,
): Promise<void> {
  const executable = join(DIST, `${program}-${architecture}`);
  const denort = Deno.env.get(denortVariable(architecture));
  await runDeno([
    "compile",
    "--quiet",
    "--no-check",
    "--no-config",
    // The code cache is a file with a predictable name in a folder that everyone may write to.
    "--no-code-cache",
    `--target=${architecture}-unknown-linux-gnu`,
    ...(program === "hub" ? [HUB_V8_FLAGS, ...embeddedInHub()] : [SMALL_PROGRAM_V8_FLAGS]),
    ...permissionFlags(program, architecture),
    `--output=${executable}`,
    bundle,
  ], { env: denort ? { DENORT_BIN: denort } : {} });
  const found = (await readElf(executable)).architecture;
  // Deno does not check the target of a local denort.
  if (found !== architecture) {
    await Deno.remove(executable);
    console.error(`The denort that was used is for ${found}, not for ${architecture}`);
    throw new Error(`Cannot make ${executable}`);
  }
  const megabytes = (await Deno.stat(executable)).size / 1e6;
  console.log(`dist/${program}-${architecture}  ${megabytes.toFixed(1)} MB`);
}

/**
 * The flags that embed the page, the worker, and one file of the project's own folder. The embedded
 * tree starts at the deepest common folder of its files, which must be the project's folder, because
 * `build/hub.js` reads the page at `../build/web`, as `hub/` does.
 */
function embeddedInHub(): string[] {
  return ["--include=build/web", "--include=build/hub_store.js", "--include=LICENSE"];
}

/** Returns the variable that names a local denort for a target, in place of a download. */
function denortVariable(architecture: Architecture): string {
  return `DENORT_BIN_${architecture.toUpperCase()}`;
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) {
  try {
    await (Deno.args.includes("--when-stale") ? compileWhenStale() : compileAll());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
