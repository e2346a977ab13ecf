/** Which path this machine's packets take to an address, by its own routes. */

import {
  type IpAddress,
  isInside,
  isLinkLocal,
  isLoopback,
  isOfAMachine,
  parseIp,
  sameIp,
  zoneOf,
} from "./address.ts";
import type { BrokerPath, ProbeNode, Reach } from "./probe.ts";
import type { Interface, NetworkView, Route } from "./view.ts";

/** The path to one address. */
export interface Path {
  readonly reach: Reach;
  readonly device: string | undefined;
}

/** Networks inside one machine. No other machine can reach addresses there. */
const INNER_INTERFACE = /^(lo$|docker|br-[0-9a-f]|veth|virbr|lxc|lxdbr|podman|cni|flannel|cali)/;

/** Whether an interface leads to containers and virtual machines of this host, by its name. */
export function isInnerInterface(name: string): boolean {
  return INNER_INTERFACE.test(name);
}

/** The path to an address; `unknown` if no route leads there. */
export function pathTo(view: NetworkView, address: IpAddress): Path {
  if (isLoopback(address)) return { reach: "local", device: undefined };
  const own = view.interfaces.find((one) => hasAddress(one, address));
  // Every host with containers has the same address on its own inner bridge.
  if (own !== undefined && !isInnerInterface(own.name)) {
    return { reach: "local", device: own.name };
  }
  const zone = isLinkLocal(address) ? zoneOf(address) : undefined;
  if (zone !== undefined) return { reach: "on_link", device: zone };
  const route = routeTo(view.routes, address);
  const link = view.interfaces.find(({ subnets }) =>
    subnets.some((subnet) => isInside(address, subnet))
  );
  // Without known routes, the subnets of the interfaces show what is near.
  if (route === undefined) {
    return link ? { reach: "on_link", device: link.name } : { reach: "unknown", device: undefined };
  }
  return { reach: route.gateway === undefined ? "on_link" : "routed", device: route.device };
}

/** The route that the kernel prefers: the longest prefix, then the lowest metric. */
export function routeTo(routes: readonly Route[], address: IpAddress): Route | undefined {
  let best: Route | undefined;
  for (const route of routes) {
    if (isInside(address, route.prefix) && (best === undefined || isPreferred(route, best))) {
      best = route;
    }
  }
  return best;
}

/**
 * The next hops of the default routes, each once, the preferred one first. A link-local address has
 * its interface as a zone (`fe80::1%eth0`).
 */
export function defaultGateways(view: NetworkView): readonly string[] {
  const defaults = view.routes.filter(({ prefix }) => prefix.length === 0)
    .toSorted((a, b) => a.metric - b.metric);
  const hosts = defaults.flatMap(({ gateway, device }) => {
    const address = gateway === undefined ? undefined : parseIp(gateway);
    if (address === undefined) return [];
    return isLinkLocal(address) ? `${address}%${device}` : `${address}`;
  });
  return [...new Set(hosts)];
}

/**
 * The path of an observer's connection to its broker, from the two ends of the connection. If both
 * ends have the same address, the connection never leaves the machine.
 */
export function brokerPath(
  view: NetworkView,
  { remote, local }: { readonly remote: string; readonly local: string },
): BrokerPath {
  const [to, from] = [parseIp(remote), parseIp(local)];
  if (to === undefined) return { reach: "unknown" };
  if (from !== undefined && sameIp(to, from)) return { reach: "local" };
  const { reach, device } = pathTo(view, to);
  return device === undefined ? { reach } : { reach, device };
}

/**
 * Whether a node announced an address of this machine. Messages of such a node prove no network.
 */
export function isOnThisMachine(view: NetworkView, { addresses }: ProbeNode): boolean {
  return addresses.some((text) => {
    const address = parseIp(text);
    return address !== undefined && isOfAMachine(address) &&
      pathTo(view, address).reach === "local";
  });
}

/** Whether an address belongs to this machine. */
export function isOwn(view: NetworkView, address: IpAddress): boolean {
  return isLoopback(address) || view.interfaces.some((one) => hasAddress(one, address));
}

function hasAddress({ subnets }: Interface, address: IpAddress): boolean {
  return subnets.some((subnet) => sameIp(subnet.address, address));
}

function isPreferred(route: Route, other: Route): boolean {
  const longer = route.prefix.length - other.prefix.length;
  return longer > 0 || (longer === 0 && route.metric < other.metric);
}
