/** What the packages of this project have in common: names, files, scripts. */

import { join } from "node:path";
import { PROJECT } from "../project.ts";
import type { PackagedFile } from "./deb.ts";

/** What a release varies. */
export interface PackageOptions {
  readonly version: string;
  /** The latest format of the database that the hub knows. */
  readonly schema?: number;
}

export const SUMMARY = "tells when a Raspberry Pi of a cluster dies";
export const SHARE = "/usr/share/rpi-cluster-alert";

/** A file of `packaging/`. */
export function packaged(name: string): { readonly from: string } {
  return { from: join(PROJECT, "packaging", name) };
}

/** A file of `systemd/`. */
export function unit(name: string): PackagedFile {
  return { from: join(PROJECT, "systemd", name) };
}

/** The scripts of a package with a service. */
export function serviceScripts(values: Readonly<Record<string, string>>) {
  return {
    postinst: filled("service.postinst", values),
    prerm: filled("service.prerm", values),
    postrm: filled("service.postrm", values),
  };
}

/** A maintainer script of `packaging/debian/` with its placeholders filled in. */
export function filled(name: string, values: Readonly<Record<string, string>>): string {
  const text = Deno.readTextFileSync(join(PROJECT, "packaging/debian", name));
  return text.replace(/@([A-Z_]+)@/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) {
      throw new Error(`packaging/debian/${name}: there is no value for ${key}`);
    }
    return value;
  });
}
