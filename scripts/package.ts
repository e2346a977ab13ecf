/**
 * Makes the Debian packages `dist/packages/*.deb` of the executables in `dist/`, which it compiles
 * first when they are missing or old.
 */

import { join } from "node:path";
import { VERSION } from "../core/version.ts";
import { compileWhenStale } from "./compile.ts";
import { type Compression, type DebPackage, makeDeb } from "./debian/deb.ts";
import {
  commonPackage,
  DEB_PROJECT,
  hubPackage,
  nodePackage,
  type PackageOptions,
  packagesPackage,
} from "./debian/packages.ts";
import { type Architecture, ARCHITECTURES, NODE_PROGRAMS } from "./permissions.ts";
import { PROJECT } from "./project.ts";

/** The folder of the packages of this version. */
export const PACKAGES = join(PROJECT, "dist/packages");

export interface PackagingOptions extends PackageOptions {
  readonly folder: string;
  readonly architectures: readonly Architecture[];
  readonly compression: Compression;
}

/**
 * Makes all packages, and returns the paths of their files. Throws when an executable is missing, or
 * this machine has no dpkg.
 */
export async function makePackages(options: PackagingOptions): Promise<readonly string[]> {
  const { folder, architectures, compression } = options;
  const made: string[] = [];
  const make = async (deb: DebPackage, how: Compression) => {
    made.push(await makeDeb(deb, DEB_PROJECT, { folder, compression: how }));
  };
  for (const architecture of architectures) {
    await make(commonPackage(architecture, options), compression);
    for (const program of NODE_PROGRAMS) {
      await make(nodePackage(program, architecture, options), compression);
    }
    await make(hubPackage(architecture, options), compression);
  }
  const isPacked = compression !== "none";
  await make(packagesPackage(folder, architectures, options), isPacked ? "quick" : "none");
  return made;
}

if (import.meta.main) {
  await compileWhenStale();
  await Deno.remove(PACKAGES, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const made = await makePackages({
    version: VERSION,
    folder: PACKAGES,
    architectures: ARCHITECTURES,
    compression: "xz",
  });
  for (const path of made) {
    const megabytes = (await Deno.stat(path)).size / 1e6;
    console.log(`${path.slice(PROJECT.length + 1)}  ${megabytes.toFixed(1)} MB`);
  }
}
