/** How the other Pis find this machine. */

import { isInnerInterface } from "../../core/network/path.ts";

/** What the chooser needs of `Deno.networkInterfaces()`. */
export type Interface = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address">;

/** This machine's first address that others reach, IPv4 before IPv6; its mDNS name without one. */
export function reachableAddress(
  interfaces: readonly Interface[] = Deno.networkInterfaces(),
): string {
  const outer = interfaces.filter(({ name, address }) =>
    !isInnerInterface(name) && isRoutable(address)
  );
  const best = outer.find(({ family }) => family === "IPv4") ?? outer[0];
  return best?.address ?? `${hostName()}.local`;
}

/** The name of this machine without its domain. */
export function hostName(): string {
  return Deno.hostname().split(".")[0] ?? "localhost";
}

/** Loopback and link-local addresses mean another machine on each machine. */
function isRoutable(address: string): boolean {
  return !/^(127\.|169\.254\.|0\.0\.0\.0$|::1$|fe[89ab])/i.test(address);
}
