/** Views of a machine's network, written as `ip` prints them. */

import { decodeInterfaces, decodeRoutes, type NetworkView } from "../../../core/network/view.ts";

export interface InterfaceText {
  readonly name: string;
  /** With prefix lengths. */
  readonly addresses?: readonly string[];
  /** The kernel's word; left out: `UP`. */
  readonly state?: "UP" | "DOWN" | "UNKNOWN" | "DORMANT" | "LOWERLAYERDOWN";
  readonly kind?: string;
  readonly master?: string;
  readonly isTunnel?: boolean;
}

export interface RouteText {
  readonly to: string;
  readonly device: string;
  readonly gateway?: string;
  readonly metric?: number;
}

const LOOPBACK = {
  ifname: "lo",
  flags: ["LOOPBACK", "UP", "LOWER_UP"],
  operstate: "UNKNOWN",
  addr_info: [{ local: "127.0.0.1", prefixlen: 8 }, { local: "::1", prefixlen: 128 }],
};

/** The view of a machine with these interfaces, loopback besides, and these routes. */
export function viewOf(
  interfaces: readonly InterfaceText[],
  routes: readonly RouteText[] = [],
): NetworkView {
  const isIpv6 = ({ to, gateway }: RouteText) => `${to}${gateway}`.includes(":");
  return {
    interfaces: decodeInterfaces(JSON.stringify([LOOPBACK, ...interfaces.map(interfaceJson)])),
    routes: [
      ...decodeRoutes(JSON.stringify(routes.filter((one) => !isIpv6(one)).map(routeJson)), 4),
      ...decodeRoutes(JSON.stringify(routes.filter(isIpv6).map(routeJson)), 6),
    ],
  };
}

function interfaceJson(one: InterfaceText): object {
  const { name, addresses = [], state = "UP", kind, master, isTunnel } = one;
  const isLive = state === "UP" || state === "UNKNOWN";
  return {
    ifname: name,
    flags: ["UP", isLive ? "LOWER_UP" : "NO-CARRIER", isTunnel ? "POINTOPOINT" : "BROADCAST"],
    operstate: state,
    ...(master === undefined ? {} : { master }),
    ...(kind === undefined ? {} : { linkinfo: { info_kind: kind } }),
    addr_info: addresses.map((text) => {
      const [local, length] = text.split("/");
      return { local, prefixlen: Number(length) };
    }),
  };
}

function routeJson({ to, device, gateway, metric }: RouteText): object {
  return { dst: to, dev: device, gateway, metric };
}
