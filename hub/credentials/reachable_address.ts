/** Finds the address at which other Pis reach this machine. */

import type { Config } from "../../core/config/settings.ts";
import { isInnerInterface } from "../../core/network/path.ts";
import { hostOf } from "../tls/server_names.ts";

/** The part of `Deno.networkInterfaces()` that this module uses. */
export type Interface = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address">;

/** Returns this machine's first reachable address, IPv4 before IPv6, or else its mDNS name. */
export function reachableAddress(
  interfaces: readonly Interface[] = Deno.networkInterfaces(),
): string {
  const outer = interfaces.filter(({ name, address }) =>
    !isInnerInterface(name) && isRoutable(address)
  );
  const best = outer.find(({ family }) => family === "IPv4") ?? outer[0];
  return best?.address ?? `${hostName()}.local`;
}

/**
 * Returns the name by which other machines find this one whatever its addresses are: that of its
 * public address, or else its mDNS name. A machine with several network cards has an address for
 * each, and not all of them lead here from everywhere.
 */
export function reachableName({ publicAddress }: Pick<Config["hub"], "publicAddress">): string {
  return publicAddress === undefined ? `${hostName()}.local` : hostOf(publicAddress);
}

/** Returns the name of this machine without its domain. */
export function hostName(): string {
  return Deno.hostname().split(".")[0] ?? "localhost";
}

/** Loopback and link-local addresses are only valid on this machine or link. */
function isRoutable(address: string): boolean {
  return !/^(127\.|169\.254\.|0\.0\.0\.0$|::1$|fe[89ab])/i.test(address);
}
