/** Identifies the machine's current boot. */

import { readMachineFiles } from "./machine_files.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * Returns the kernel's id of this boot, which all containers of a machine share; `undefined` if it
 * cannot be read. Needs `--allow-run=/usr/bin/head`.
 */
export async function readBootId(): Promise<string | undefined> {
  const files = await readMachineFiles([BOOT_ID]);
  return files.get(BOOT_ID)?.trim() || undefined;
}
