/** This machine's interfaces, routes and neighbours, decoded from the output of `ip -json`. */

import * as v from "valibot";
import { type IpAddress, parseIp, parsePrefix, type Prefix } from "./address.ts";

/**
 * Possible paths of the `ip` program of iproute2. The permission to run programs names the same
 * paths.
 */
export const IP_PATHS: readonly string[] = ["/usr/bin/ip", "/usr/sbin/ip", "/sbin/ip"];

/** One interface. */
export interface Interface {
  readonly name: string;
  readonly isLoopback: boolean;
  /** A tunnel has carrier even if the network below it is out. */
  readonly isTunnel: boolean;
  /** A bridge has carrier as soon as one of its ports has. */
  readonly isBridge: boolean;
  /** The bridge or bond to which it belongs. */
  readonly master: string | undefined;
  /** The interface is on, and has a live cable or is associated with an access point. */
  readonly hasCarrier: boolean;
  readonly subnets: readonly Prefix[];
}

/** One route. A default route has a prefix of length 0. */
export interface Route {
  readonly prefix: Prefix;
  readonly device: string;
  /** The next hop; `undefined`: the prefix is on the link itself. */
  readonly gateway: string | undefined;
  readonly metric: number;
}

export interface NetworkView {
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
}

/** The neighbour entry of one host. */
export interface Neighbour {
  readonly address: IpAddress;
  readonly device: string;
  /** The host's MAC address; `undefined`: not known. */
  readonly linkAddress: string | undefined;
  /** The kernel's states, such as `REACHABLE` and `FAILED`. */
  readonly states: readonly string[];
  /** Whole seconds, rounded down, since the host was last confirmed. */
  readonly confirmedS: number | undefined;
}

const addrSchema = v.array(v.looseObject({
  ifname: v.string(),
  flags: v.optional(v.array(v.string()), []),
  operstate: v.optional(v.string(), "UNKNOWN"),
  master: v.optional(v.string()),
  linkinfo: v.optional(v.looseObject({ info_kind: v.optional(v.string()) })),
  addr_info: v.optional(
    v.array(v.looseObject({ local: v.optional(v.string()), prefixlen: v.optional(v.number()) })),
    [],
  ),
}));
const hopEntries = { dev: v.optional(v.string()), gateway: v.optional(v.string()) };
const routeSchema = v.array(v.looseObject({
  ...hopEntries,
  dst: v.string(),
  type: v.optional(v.string(), "unicast"),
  metric: v.optional(v.number(), 0),
  via: v.optional(v.looseObject({ host: v.optional(v.string()) })),
  nexthops: v.optional(v.array(v.looseObject(hopEntries)), []),
}));
const neighbourSchema = v.array(v.looseObject({
  dst: v.string(),
  dev: v.string(),
  lladdr: v.optional(v.string()),
  state: v.optional(v.array(v.string()), []),
  confirmed: v.optional(v.number()),
}));

/** Decodes `ip -json -details address show`. Throws on anything else. */
export function decodeInterfaces(json: string): readonly Interface[] {
  return v.parse(addrSchema, parseList(json)).map((found) => {
    const { ifname, flags, operstate, master, linkinfo, addr_info } = found;
    const isLoopback = flags.includes("LOOPBACK");
    return {
      name: ifname,
      isLoopback,
      isTunnel: !isLoopback && flags.includes("POINTOPOINT"),
      isBridge: linkinfo?.info_kind === "bridge",
      master,
      // Tunnels and some drivers report no operational state; LOWER_UP is the carrier itself.
      hasCarrier: flags.includes("UP") && flags.includes("LOWER_UP") &&
        (operstate === "UP" || operstate === "UNKNOWN"),
      subnets: addr_info.flatMap(({ local, prefixlen }) => {
        const prefix = local === undefined ? undefined : parsePrefix(`${local}/${prefixlen ?? ""}`);
        return prefix === undefined ? [] : [prefix];
      }),
    };
  });
}

/**
 * Decodes `ip -json -4 route show table all`, or the same with `-6`. A default route does not
 * contain its family. Throws on anything else.
 */
export function decodeRoutes(json: string, family: 4 | 6): readonly Route[] {
  const whole = family === 4 ? "0.0.0.0/0" : "::/0";
  return v.parse(routeSchema, parseList(json)).flatMap((found) => {
    if (found.type !== "unicast") return [];
    const hops = [{ dev: found.dev, gateway: found.gateway ?? found.via?.host }, ...found.nexthops];
    return hops.flatMap(({ dev, gateway }) => {
      const prefix = parsePrefix(found.dst === "default" ? whole : found.dst);
      if (prefix === undefined || dev === undefined) return [];
      return [{ prefix, device: dev, gateway, metric: found.metric }];
    });
  });
}

/** Decodes `ip -json -statistics neighbour show`. Throws on anything else. */
export function decodeNeighbours(json: string): readonly Neighbour[] {
  return v.parse(neighbourSchema, parseList(json)).flatMap((found) => {
    const address = parseIp(found.dst);
    if (address === undefined) return [];
    const { dev: device, lladdr: linkAddress, state: states, confirmed: confirmedS } = found;
    return [{ address, device, linkAddress, states, confirmedS }];
  });
}

/** `ip` prints nothing if the list is empty. */
function parseList(json: string): unknown {
  return json.trim() === "" ? [] : JSON.parse(json);
}
