/** Whether an interface with carrier leads from this machine to the nodes. */

import { type IpAddress, isOfAMachine, parseIp } from "./address.ts";
import { isInnerInterface, isOnThisMachine, isOwn, routeTo } from "./path.ts";
import type { ProbeNode } from "./probe.ts";
import type { Interface, NetworkView, Route } from "./view.ts";

/** Routes that are remembered after they are gone; a machine has a handful. */
const REMEMBERED_MAX = 256;

/**
 * What was seen before. A network manager takes addresses and routes away as soon as an interface
 * loses its carrier, and then nothing tells any more that it led to the nodes.
 */
export class CarrierMemory {
  readonly #routes = new Map<string, Route>();
  readonly #addressed = new Set<string>();

  /** Takes note of a view. Routes that are newer replace those to the same place. */
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
 * `undefined`: the carrier tells nothing, for all nodes are on this machine, or no interface could lead
 * anywhere.
 *
 * - An interface that leads, or last led, to an address of a node counts.
 * - Without such addresses each interface counts that has, or had, an address, but for loopback and
 *   those to containers of this host.
 * - A tunnel counts only with what it can run through.
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
  const towards = new Set(nodes.flatMap((node) => devicesTo(view, memory, node)));
  const counted = towards.size > 0
    ? view.interfaces.filter(({ name }) => towards.has(name))
    : outer;
  // The interface itself may be gone, as that of a USB adapter that was unplugged.
  if (counted.length === 0) return towards.size > 0 ? false : undefined;
  const isUp = (one: Interface) => hasCarrier(one, view);
  const below = outer.filter(({ isTunnel }) => !isTunnel);
  return counted.some((one) =>
    isUp(one) && (!one.isTunnel || below.length === 0 || below.some(isUp))
  );
}

/**
 * The interfaces by which packets go, or last went, to a node on another machine. Those to containers
 * of this host count only where no other leads to the node: a cluster of containers gives each host
 * more addresses.
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
 * A route that is remembered and more exact than the present one tells more: without the subnet of
 * the nodes, the default route of another interface would seem to lead to them.
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

/** A bridge to the outside has carrier while one of its outer ports has, whatever its guests do. */
function hasCarrier(one: Interface, { interfaces }: NetworkView): boolean {
  if (!one.isBridge || !one.hasCarrier) return one.hasCarrier;
  const ports = interfaces.filter(({ name, master }) =>
    master === one.name && !isInnerInterface(name) && !/^(vnet|tap|fwpr|fwln)/.test(name)
  );
  return ports.length === 0 || ports.some((port) => port.hasCarrier);
}
