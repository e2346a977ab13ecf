/** How many files this process may have open. */

import { readMachineFiles } from "./machine_files.ts";

/** The limits of the program that reads it, which inherits those of this process. */
const LIMITS = "/proc/self/limits";

/**
 * Returns the soft limit; `undefined` if there is none or it cannot be read. Needs
 * `--allow-run=/usr/bin/head`.
 */
export async function readOpenFilesMax(): Promise<number | undefined> {
  const files = await readMachineFiles([LIMITS]);
  const digits = /^Max open files +(\d+) /m.exec(files.get(LIMITS) ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
