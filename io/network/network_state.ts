/** Reads this machine's interfaces, routes and neighbours. */

import { parsePrefix } from "../../core/network/address.ts";
import {
  decodeInterfaces,
  decodeNeighbours,
  decodeRoutes,
  type Interface,
  type Neighbour,
  type NetworkView,
} from "../../core/network/view.ts";
import { runIp } from "./ip_program.ts";

/**
 * Returns the interfaces with their carrier, and the routes of both families. Throws when `ip`
 * fails.
 */
export async function readView(ip: string): Promise<NetworkView> {
  const [interfaces, ipv4, ipv6] = await Promise.all([
    runIp(ip, ["-json", "-details", "address", "show"]),
    runIp(ip, ["-json", "-4", "route", "show", "table", "all"]),
    runIp(ip, ["-json", "-6", "route", "show", "table", "all"]),
  ]);
  return {
    interfaces: decodeInterfaces(interfaces),
    routes: [...decodeRoutes(ipv4, 4), ...decodeRoutes(ipv6, 6)],
  };
}

/** Returns what the link layer knows about other hosts. Throws when `ip` fails. */
export async function readNeighbours(ip: string): Promise<readonly Neighbour[]> {
  return decodeNeighbours(await runIp(ip, ["-json", "-statistics", "neighbour", "show"]));
}

/**
 * Returns what Deno itself knows, for a machine without `ip`: addresses of interfaces, but no
 * carrier and no routes.
 */
export function viewWithoutIp(): NetworkView {
  const interfaces = new Map<string, Interface>();
  for (const { name, cidr } of readInterfaces()) {
    const subnet = parsePrefix(cidr);
    const known = interfaces.get(name);
    if (subnet === undefined) continue;
    interfaces.set(name, {
      name,
      isLoopback: subnet.address.range() === "loopback",
      isTunnel: false,
      isBridge: false,
      master: undefined,
      hasCarrier: true,
      subnets: [...known?.subnets ?? [], subnet],
    });
  }
  return { interfaces: [...interfaces.values()], routes: [] };
}

function readInterfaces(): readonly Deno.NetworkInterfaceInfo[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    return [];
  }
}
