/** Which run of which machine this is. */

import { readMachineFiles } from "./machine_files.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * The kernel's id of this boot, the same in all containers of a machine; `undefined` where it cannot be
 * read. Needs `--allow-run=/usr/bin/head`.
 */
export async function readBootId(): Promise<string | undefined> {
  const files = await readMachineFiles([BOOT_ID]);
  return files.get(BOOT_ID)?.trim() || undefined;
}
