/** Where the bundles for Node.js are. */

import { join } from "node:path";
import { PROJECT } from "./project.ts";

/** The programs that have a bundle. */
export const BUNDLED = ["agent", "tracker"] as const;

/** The absolute path of a program's bundle, whether it is there or not. */
export function bundlePath(program: typeof BUNDLED[number]): string {
  return join(PROJECT, "dist", `${program}.mjs`);
}
