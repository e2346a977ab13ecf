/** The Debian package from which this machine's programs are. */

import { readMachineFiles } from "./machine_files.ts";

/** The package has it: the version and the architecture, separated by a space. */
const PACKAGE_FILE = "/usr/share/rpi-cluster-alert/package";
const PACKAGE = /^(\d[\w.+~-]{0,63} [a-z0-9]{2,15})$/m;

/** Returns such as `0.2.0 arm64`; `undefined` for programs that came without a package. */
export async function readOwnPackage(
  root = "/",
  signal?: AbortSignal,
): Promise<string | undefined> {
  const files = await readMachineFiles([PACKAGE_FILE], root, signal);
  return PACKAGE.exec(files.get(PACKAGE_FILE) ?? "")?.[1];
}
