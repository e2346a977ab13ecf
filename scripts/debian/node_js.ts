/** Agent and tracker for systems without Deno: bundles that the system's Node.js runs. */

import { join } from "node:path";
import { statIfAny } from "../../io/files/atomic_file.ts";
import { BUNDLED, bundlePath } from "../bundle_path.ts";
import { koffiPath } from "../koffi.ts";
import type { NodeProgram } from "../permissions.ts";
import { PROJECT } from "../project.ts";
import type { PackagedFile } from "./deb.ts";
import { ADDON_PATH } from "./syscalls_addon.ts";

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

/**
 * Calls of C libraries: by koffi, which needs an ARMv7 processor, or by an addon of our own for
 * ARMv6. The program takes the one that it can load.
 */
const NATIVE_FILES: Readonly<Record<string, string>> = {
  "koffi.node": koffiPath("arm"),
  "syscalls.node": ADDON_PATH,
};

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
