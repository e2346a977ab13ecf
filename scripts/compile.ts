/**
 * Makes the executables `dist/{agent,tracker,hub}-{x86_64,aarch64}`.
 *
 * Each program is type-checked, bundled, minified and then compiled. A bundled executable starts
 * sooner, needs less memory, and contains no unused package. Agent and tracker are one file with two
 * names (`agent_or_tracker.ts`). The hub is another one, because it runs with a JIT.
 */

import { join, relative } from "node:path";
import { buildPage, buildPageWhenStale } from "./build_page.ts";
import {
  bundleAgentAndTracker,
  bundleProgram,
  type SharedBundle,
  writeSharedEntry,
} from "./bundle.ts";
import { readElf } from "./elf.ts";
import { isStale } from "./freshness.ts";
import {
  type Architecture,
  ARCHITECTURES,
  nodePermissionFlags,
  permissionFlags,
  type Program,
} from "./permissions.ts";
import { PROJECT, runDeno } from "./project.ts";

const DIST = join(PROJECT, "dist");
const PROGRAMS: readonly Program[] = ["agent", "tracker", "hub"];

/** The sources of the executables. */
const INGREDIENTS = [
  ...[
    "agent",
    "agent.ts",
    "tracker.ts",
    "agent_or_tracker.ts",
    "core",
    "ffi",
    "hub",
    "io",
    "scripts",
    "tracker",
    "vitals",
    "web",
  ],
  ...["LICENSE", "deno.json", "deno.lock"],
];

/** What an executable is made of. */
interface Recipe {
  /** The absolute path of the bundle that runs first. */
  readonly entry: string;
  /** Files that are embedded. The tree starts at their deepest common folder. */
  readonly included: readonly string[];
  readonly v8Flags: string;
  readonly permissions: readonly string[];
}

/**
 * Agent and tracker run without a JIT, so that systemd may forbid memory that is both writable and
 * executable. Their heap has a limit, so that a runaway program ends early and restarts.
 */
const NODE_V8_FLAGS = "--v8-flags=--jitless,--max-old-space-size=64";
/**
 * By default V8 collects garbage only when the heap has doubled: a flood of connections took the hub
 * from 110 MB to 430 MB. `--optimize-for-size` avoids that too, but it makes the young generation so
 * small that what lives until a node's next heartbeat moves to the old one: half of the CPU of a hub
 * of 2,000 nodes was garbage collection.
 */
export const HUB_V8_FLAGS = "--v8-flags=--max-semi-space-size=8,--heap-growing-percent=30";

/**
 * Builds the executables after removing the old ones.
 *
 * Throws when one cannot be built or is for another machine, after the others were built.
 */
async function compileAll(): Promise<void> {
  await runDeno(["check", "agent.ts", "tracker.ts", "agent_or_tracker.ts", "hub/main.ts"]);
  await buildPage();
  await Deno.remove(DIST, { recursive: true }).catch(ignoreAbsence);
  await Deno.mkdir(DIST, { recursive: true });
  const hub = await bundleProgram("hub");
  const shared = await bundleAgentAndTracker();
  const failures: string[] = [];
  for (const architecture of ARCHITECTURES) {
    for (const make of [makeShared(architecture, shared), makeHub(architecture, hub)]) {
      try {
        await make();
      } catch {
        // Deno has printed the reason; usually it could not download its runtime for the target.
        const variable = denortVariable(architecture);
        failures.push(`Cannot make dist/*-${architecture} (${variable} may name a denort)`);
      }
    }
  }
  if (failures.length > 0) throw new Error([...new Set(failures)].join("\n"));
}

/** Agent and tracker: one file with two names. */
function makeShared(architecture: Architecture, bundle: SharedBundle): () => Promise<void> {
  return async () => {
    const agent = executablePath("agent", architecture);
    await compile(agent, architecture, {
      entry: await writeSharedEntry(bundle, architecture),
      included: bundle.files,
      v8Flags: NODE_V8_FLAGS,
      permissions: nodePermissionFlags(architecture),
    });
    await Deno.link(agent, executablePath("tracker", architecture));
  };
}

/**
 * The hub with its page, its worker, and one file of the project's own folder, which so becomes the
 * root of the embedded tree: `build/hub.js` reads the page at `../build/web`, as `hub/` does.
 */
function makeHub(architecture: Architecture, entry: string): () => Promise<void> {
  return () =>
    compile(executablePath("hub", architecture), architecture, {
      entry,
      included: ["build/web", "build/hub_store.js", "LICENSE"],
      v8Flags: HUB_V8_FLAGS,
      permissions: permissionFlags("hub", architecture),
    });
}

/** The path of a program in `dist/`, whether it is there or not. */
export function executablePath(program: Program, architecture: Architecture): string {
  return join(DIST, `${program}-${architecture}`);
}

/** Builds all six when one is missing, or older than one of its sources; the page likewise. */
export async function compileWhenStale(): Promise<void> {
  const executables = PROGRAMS.flatMap((program) =>
    ARCHITECTURES.map((architecture) => executablePath(program, architecture))
  );
  const ingredients = INGREDIENTS.map((name) => join(PROJECT, name));
  await (await isStale(executables, ingredients) ? compileAll() : buildPageWhenStale());
}

async function compile(
  executable: string,
  architecture: Architecture,
  { entry, included, v8Flags, permissions }: Recipe,
): Promise<void> {
  const denort = Deno.env.get(denortVariable(architecture));
  await runDeno([
    "compile",
    "--quiet",
    "--no-check",
    "--no-config",
    // The code cache is a file with a predictable name in a folder that everyone may write to.
    "--no-code-cache",
    `--target=${architecture}-unknown-linux-gnu`,
    v8Flags,
    ...included.map((path) => `--include=${path}`),
    ...permissions,
    `--output=${executable}`,
    entry,
  ], { env: denort ? { DENORT_BIN: denort } : {} });
  const found = (await readElf(executable)).architecture;
  // Deno does not check the target of a local denort.
  if (found !== architecture) {
    await Deno.remove(executable);
    console.error(`The denort that was used is for ${found}, not for ${architecture}`);
    throw new Error(`Cannot make ${executable}`);
  }
  const megabytes = (await Deno.stat(executable)).size / 1e6;
  console.log(`${relative(PROJECT, executable)}  ${megabytes.toFixed(1)} MB`);
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
