/**
 * Makes the Debian packages `dist/packages/*.deb` of the executables and bundles in `dist/`, which it
 * makes first when they are missing or old.
 */

import { join } from "node:path";
import { VERSION } from "../core/version.ts";
import { bundleWhenStale } from "./bundle_node.ts";
import { compileWhenStale } from "./compile.ts";
import { type Compression, type DebPackage, makeDeb } from "./debian/deb.ts";
import { NODE_JS_ARCHITECTURE } from "./debian/node_js.ts";
import {
  commonPackage,
  DEB_PROJECT,
  hubPackage,
  nodePackage,
  packagesPackage,
  PI_TARGETS,
  type PiTarget,
} from "./debian/packages.ts";
import type { PackageOptions } from "./debian/ingredients.ts";
import { provideAddon } from "./debian/syscalls_addon.ts";
import { shellPackage } from "./debian/shell_package.ts";
import { NODE_PROGRAMS } from "./permissions.ts";
import { PROJECT } from "./project.ts";

/** The folder of the packages of this version. */
export const PACKAGES = join(PROJECT, "dist/packages");

export interface PackagingOptions extends PackageOptions {
  readonly folder: string;
  readonly targets: readonly PiTarget[];
  readonly compression: Compression;
}

/**
 * Makes all packages, and returns the paths of their files. Throws when an executable is missing, or
 * this machine has no dpkg.
 */
export async function makePackages(options: PackagingOptions): Promise<readonly string[]> {
  const { folder, targets, compression } = options;
  const made: string[] = [];
  const make = async (deb: DebPackage, how: Compression) => {
    made.push(await makeDeb(deb, DEB_PROJECT, { folder, compression: how }));
  };
  if (targets.includes(NODE_JS_ARCHITECTURE)) await provideAddon();
  for (const target of targets) {
    await make(commonPackage(target, options), compression);
    for (const program of NODE_PROGRAMS) {
      await make(nodePackage(program, target, options), compression);
    }
    // Deno, which the hub needs, does not run on 32-bit ARM.
    if (target !== NODE_JS_ARCHITECTURE) await make(hubPackage(target, options), compression);
  }
  await make(shellPackage(options), compression);
  const isPacked = compression !== "none";
  await make(packagesPackage(folder, targets, options), isPacked ? "quick" : "none");
  return made;
}

if (import.meta.main) {
  await compileWhenStale();
  await bundleWhenStale();
  await Deno.remove(PACKAGES, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const made = await makePackages({
    version: VERSION,
    folder: PACKAGES,
    targets: PI_TARGETS,
    compression: "xz",
  });
  for (const path of made) {
    const megabytes = (await Deno.stat(path)).size / 1e6;
    console.log(`${path.slice(PROJECT.length + 1)}  ${megabytes.toFixed(1)} MB`);
  }
}
