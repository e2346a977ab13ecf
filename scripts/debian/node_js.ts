/** Agent and tracker for systems without Deno: bundles that the system's Node.js runs. */

import { dirname, join } from "node:path";
import { statIfAny } from "../../io/files/atomic_file.ts";
import { BUNDLED, bundlePath } from "../bundle_path.ts";
import { koffiPath } from "../koffi.ts";
import type { NodeProgram } from "../permissions.ts";
import { PROJECT } from "../project.ts";
import type { PackagedFile } from "./deb.ts";
import { ARM_V6, buildSyscalls } from "./syscalls_addon.ts";

/** Debian's name of 32-bit ARM. */
export const NODE_JS_ARCHITECTURE = "armhf";
/** What they need of the system. koffi is linked against the C library. */
export const NODE_JS = "nodejs (>= 18), libc6 (>= 2.34)";
/** Remarks of lintian that do not apply. */
export const NODE_JS_OVERRIDES: readonly string[] = [
  "# koffi comes from npm as its author built it.",
  "unstripped-binary-or-object",
  "# syscalls.node calls nothing but Node.js, which loads it.",
  "shared-library-lacks-prerequisites",
];

const FOLDER = "/usr/lib/rpi-cluster-alert";
const START = `${FOLDER}/start.pl`;

const ADDON = join(PROJECT, "dist/syscalls/linux-arm/syscalls.node");

/**
 * Calls of C libraries: by koffi, which needs an ARMv7 processor, or by an addon of our own for
 * ARMv6. The program takes the one that it can load.
 */
const NATIVE_FILES: Readonly<Record<string, string>> = {
  "koffi.node": koffiPath("arm"),
  "syscalls.node": ADDON,
};

/**
 * Builds the addon for ARMv6. Without a compiler the packages lack it, and trackers of a Pi 1 or Zero
 * drive no line.
 */
export async function placeAddon(): Promise<void> {
  await Deno.mkdir(dirname(ADDON), { recursive: true });
  try {
    await buildSyscalls(ADDON, ARM_V6);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn(`without syscalls.node: there is no ${ARM_V6.compiler} (gcc-arm-linux-gnueabihf)`);
  }
}

/** By absolute path, for the package that agent and tracker share. */
export function nodeJsFiles(): Readonly<Record<string, PackagedFile>> {
  const bundles = BUNDLED.map((program) => [`${FOLDER}/${program}.mjs`, {
    from: bundlePath(program),
  }]);
  const native = Object.entries(NATIVE_FILES)
    .filter(([, from]) => statIfAny(from) !== undefined)
    .map(([name, from]) => [`${FOLDER}/${name}`, { from }]);
  return {
    ...Object.fromEntries([...bundles, ...native]),
    [START]: { from: join(PROJECT, "packaging/node/start.pl"), mode: 0o755 },
  };
}

/** The command that starts a program. */
export function nodeJsCommand(program: NodeProgram): PackagedFile {
  return {
    text: `#!/bin/sh\nexec ${START} /usr/bin/node ${FOLDER}/${program}.mjs "$@"\n`,
    mode: 0o755,
  };
}
