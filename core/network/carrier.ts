/** Whether an interface with carrier leads from this machine to the nodes. */

import { type IpAddress, isOfAMachine, parseIp } from "./address.ts";
import { isInnerInterface, isOnThisMachine, isOwn, routeTo } from "./path.ts";
import type { ProbeNode } from "./probe.ts";
import type { Interface, NetworkView, Route } from "./view.ts";

/** The number of remembered routes. A machine has only a few. */
const REMEMBERED_MAX = 256;

/**
 * Earlier interfaces and routes. A network manager removes addresses and routes as soon as an
 * interface loses its carrier, and then nothing shows any more that it led to the nodes.
 */
export class CarrierMemory {
  readonly #routes = new Map<string, Route>();
  readonly #addressed = new Set<string>();

  /** Records a view. Newer routes replace older ones to the same destination. */
  note({ interfaces, routes }: NetworkView): void {
    for (const { name, subnets } of interfaces) if (subnets.length > 0) this.#addressed.add(name);
    for (const route of routes) {
      const key = `${route.prefix.address}/${route.prefix.length}`;
      const known = this.#routes.get(key);
      const isBetter = known === undefined || !routes.includes(known) ||
        route.metric < known.metric;
      if (isBetter) this.#routes.set(key, route);
    }
    for (const key of this.#routes.keys()) {
      if (this.#routes.size <= REMEMBERED_MAX) break;
      this.#routes.delete(key);
    }
  }

  get routes(): readonly Route[] {
    return [...this.#routes.values()];
  }

  /** Whether the interface has, or had, an address. */
  wasAddressed(name: string): boolean {
    return this.#addressed.has(name);
  }
}

/**
 * Whether an interface with carrier leads to the nodes. `memory` holds this and the earlier views.
 * `undefined`: the carrier tells nothing, because all nodes are on this machine, or because no
 * interface could lead to them.
 *
 * - An interface that leads, or last led, to an address of a node counts.
 * - Without such addresses, each interface counts that has, or had, an address. Loopback and
 * interfaces to containers of this host do not count.
 * - A tunnel counts only together with an interface that can carry it.
 */
export function leadsToNodes(
  view: NetworkView,
  memory: CarrierMemory,
  nodes: readonly ProbeNode[],
): boolean | undefined {
  if (nodes.length > 0 && nodes.every((node) => isOnThisMachine(view, node))) return undefined;
  const outer = view.interfaces.filter(({ name, isLoopback }) =>
    !isLoopback && !isInnerInterface(name) && memory.wasAddressed(name)
  );
  const isUp = (one: Interface) => hasCarrier(one, view);
  const below = outer.filter(({ isTunnel }) => !isTunnel);
  const isTunnelCarried = below.length === 0 || below.some(isUp);
  const carrying = new Set(
    view.interfaces.filter((one) =>
      !one.isLoopback && isUp(one) && (!one.isTunnel || isTunnelCarried)
    ).map(({ name }) => name),
  );
  let isAnyRouted = false;
  // The first node that is reached is enough, because a look at thousands of nodes takes seconds.
  for (const node of nodes) {
    const devices = devicesTo(view, memory, node);
    if (devices.some((name) => carrying.has(name))) return true;
    if (devices.length > 0) isAnyRouted = true;
    if (isAnyRouted && carrying.size === 0) break;
  }
  // The interface itself may have disappeared, like that of an unplugged USB adapter.
  if (isAnyRouted) return false;
  return outer.length === 0 ? undefined : outer.some(({ name }) => carrying.has(name));
}

/**
 * The interfaces through which packets go, or last went, to a node on another machine. Interfaces
 * to containers of this host count only if no other interface leads to the node, because a cluster
 * of containers gives each host more addresses.
 */
function devicesTo(
  view: NetworkView,
  memory: CarrierMemory,
  node: ProbeNode,
): readonly string[] {
  if (isOnThisMachine(view, node)) return [];
  const devices = node.addresses.flatMap((text) => {
    const address = parseIp(text);
    if (address === undefined || !isOfAMachine(address) || isOwn(view, address)) return [];
    return deviceTo(view, memory, address) ?? [];
  });
  const outer = devices.filter((name) => !isInnerInterface(name));
  return outer.length > 0 ? outer : devices;
}

/**
 * A remembered route that is more specific than the present one is preferred. Without it, when the
 * subnet of the nodes disappears, the default route of another interface would seem to lead to
 * them.
 */
function deviceTo(
  view: NetworkView,
  memory: CarrierMemory,
  address: IpAddress,
): string | undefined {
  const now = routeTo(view.routes, address);
  const before = routeTo(memory.routes, address);
  if (now === undefined) return before?.device;
  return before !== undefined && before.prefix.length > now.prefix.length
    ? before.device
    : now.device;
}

/** A bridge to the outside has carrier if one of its outer ports has, regardless of its guests. */
function hasCarrier(one: Interface, { interfaces }: NetworkView): boolean {
  if (!one.isBridge || !one.hasCarrier) return one.hasCarrier;
  const ports = interfaces.filter(({ name, master }) =>
    master === one.name && !isInnerInterface(name) && !/^(vnet|tap|fwpr|fwln)/.test(name)
  );
  return ports.length === 0 || ports.some((port) => port.hasCarrier);
}
