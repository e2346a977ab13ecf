/** This machine's interfaces, routes and neighbours, decoded from what `ip -json` prints. */

import * as v from "valibot";
import { type IpAddress, parseIp, parsePrefix, type Prefix } from "./address.ts";

/** Where the `ip` program of iproute2 is; what programs may run names the same places. */
export const IP_PATHS: readonly string[] = ["/usr/bin/ip", "/usr/sbin/ip", "/sbin/ip"];

/** One interface. */
export interface Interface {
  readonly name: string;
  readonly isLoopback: boolean;
  /** A tunnel has carrier whatever happens to the network below it. */
  readonly isTunnel: boolean;
  /** A bridge has carrier as soon as one of its ports has. */
  readonly isBridge: boolean;
  /** The bridge or bond that it is a part of. */
  readonly master: string | undefined;
  /** Switched on, with a cable that is live or associated with an access point. */
  readonly hasCarrier: boolean;
  readonly subnets: readonly Prefix[];
}

/** A way out of this machine. A default route has a prefix of length 0. */
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

/** What the link layer knows of one host. */
export interface Neighbour {
  readonly address: IpAddress;
  readonly device: string;
  /** The host's MAC address; `undefined`: the link layer has none. */
  readonly linkAddress: string | undefined;
  /** The kernel's words, such as `REACHABLE`, `FAILED`. */
  readonly states: readonly string[];
  /** Whole seconds, rounded down, since the host last confirmed that it is there. */
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

/** From `ip -json -details address show`. Throws when it is something else. */
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
      // Tunnels and some drivers tell no operational state; LOWER_UP is the carrier by itself.
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
 * From `ip -json -4 route show table all`, or with `-6`: a default route does not tell its family.
 * Throws on anything else.
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

/** From `ip -json -statistics neighbour show`. Throws on anything else. */
export function decodeNeighbours(json: string): readonly Neighbour[] {
  return v.parse(neighbourSchema, parseList(json)).flatMap((found) => {
    const address = parseIp(found.dst);
    if (address === undefined) return [];
    const { dev: device, lladdr: linkAddress, state: states, confirmed: confirmedS } = found;
    return [{ address, device, linkAddress, states, confirmedS }];
  });
}

/** `ip` prints nothing where there is nothing. */
function parseList(json: string): unknown {
  return json.trim() === "" ? [] : JSON.parse(json);
}
