/** A folder of packages for a hub under test. Nothing here installs them, so any content will do. */

import type { TemporaryFolder } from "../program/temporary_folder.ts";

export const PARTS = ["common", "agent", "tracker"] as const;

/** The names of the packages of a version. */
export function packageNames(version: string, architecture = "arm64"): readonly string[] {
  return PARTS.map((part) => `rpi-cluster-alert-${part}_${version}_${architecture}.deb`);
}

/** Writes the packages of a version, and returns their folder. */
export function writePackages(
  folder: TemporaryFolder,
  version: string,
  architecture = "arm64",
): string {
  Deno.mkdirSync(folder.file("packages"), { recursive: true });
  for (const name of packageNames(version, architecture)) {
    folder.write(`packages/${name}`, `the content of ${name}`);
  }
  return folder.file("packages");
}
