/** The names and addresses by which others may reach this hub. */

import type { Config } from "../../core/config/settings.ts";
import { parseIp } from "../../core/network/address.ts";
import { isAnyHost, withoutZone } from "../../core/network/host.ts";
import { isInnerInterface } from "../../core/network/path.ts";
import { normalized } from "./certificate_facts.ts";

/** More names than any machine has that is not full of containers. */
export const NAMES_MAX = 64;
/** What a certificate can hold as a DNS name. */
const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** The part of `Deno.networkInterfaces()` that this module uses. */
export type Interface = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address">;

export interface Machine {
  readonly hostname: string;
  readonly interfaces: readonly Interface[];
}

export function thisMachine(): Machine {
  return { hostname: Deno.hostname(), interfaces: Deno.networkInterfaces() };
}

/** Returns them with the most important ones first, at most `NAMES_MAX`. */
export function serverNames({ hub }: Pick<Config, "hub">, machine: Machine): readonly string[] {
  const { hostname, interfaces } = machine;
  const short = hostname.split(".")[0] ?? hostname;
  const listening = [hub.listen, hub.brokerListen, hub.httpsListen, hub.mqttsListen]
    .flatMap((one) => one === undefined || isAnyHost(one.hostname) ? [] : one.hostname);
  const hosts = [
    `${short}.local`,
    hostname,
    short,
    ...hub.names,
    ...(hub.publicAddress === undefined ? [] : [hostOf(hub.publicAddress)]),
    "localhost",
    "127.0.0.1",
    "::1",
    ...listening,
    ...addresses(interfaces),
  ];
  const names = hosts.map((host) => normalized(withoutZone(host)));
  return [...new Set(names)].filter((name) => parseIp(name) !== undefined || DNS_NAME.test(name))
    .slice(0, NAMES_MAX);
}

/** Returns the host of a URL, without brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

/** IPv4 first, and bridges of containers last. */
function addresses(interfaces: readonly Interface[]): readonly string[] {
  const rank = ({ name, family, address }: Interface) =>
    (isInnerInterface(name) ? 4 : 0) + (/^fe[89ab]/i.test(address) ? 2 : 0) +
    (family === "IPv4" ? 0 : 1);
  return interfaces.toSorted((a, b) => rank(a) - rank(b)).map(({ address }) => address);
}
