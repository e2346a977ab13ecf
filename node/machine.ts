/** What Deno tells of the machine. */

import * as os from "node:os";
import process from "node:process";

/** By Node.js's names; the others are the same. Deno itself does not run on 32 bits. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  arm64: "aarch64",
  ia32: "x86",
  x64: "x86_64",
};

/** The architecture of this program, which may be another one than that of the kernel. */
export const arch: string = ARCHITECTURES[process.arch] ?? process.arch;

/** Seconds, without fractions. */
export function osUptime(): number {
  return Math.floor(os.uptime());
}

export function networkInterfaces(): Deno.NetworkInterfaceInfo[] {
  return Object.entries(os.networkInterfaces()).flatMap(([name, entries = []]) =>
    entries.map(({ address, netmask, family, mac, cidr, ...rest }) => ({
      ...{ name, address, netmask, family, mac },
      cidr: cidr ?? address,
      scopeid: "scopeid" in rest ? rest.scopeid ?? null : null,
    }))
  );
}
