/** Runs programs of this project on a Debian for 32-bit ARM that is emulated. */

import { PROJECT } from "../../../scripts/project.ts";
import { type ArmArchitecture, armEmulator, type ArmRelease, armRoot } from "./arm_root.ts";

const RUN = new URL("run.sh", import.meta.url).pathname;
/** Tests have their files there. */
const TEMPORARY = "/tmp";

export interface ArmMachineOptions {
  readonly release: ArmRelease;
  readonly architecture: ArmArchitecture;
  /** The emulator's name of a processor: `arm1176` is that of the first Pi. Default: the best. */
  readonly processor?: string;
}

/** Returns the command that becomes another one there. Project and temporary files are the same. */
export async function throughArm(
  { release, architecture, processor }: ArmMachineOptions,
): Promise<readonly string[]> {
  const [emulator, root] = [await armEmulator(), await armRoot(release, architecture)];
  const environment = processor === undefined ? [] : ["env", `QEMU_CPU=${processor}`];
  return [...environment, "bash", RUN, emulator, root, PROJECT, TEMPORARY, "--"];
}
