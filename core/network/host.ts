/**
 * Hosts and addresses as people write them: names, IPv4, IPv6 with or without brackets and zone.
 */

import { bad, good, type Parsed } from "../text/parser.ts";
import { isLinkLocal, parseIp } from "./address.ts";

/** Means every interface, over IPv4 and IPv6. */
export const ANY_HOST = "*";

/** Means this machine alone, over IPv4 and IPv6. */
export const OWN_HOST = "localhost";

/** RFC 1035, 2.3.4. */
const NAME_LENGTH_MAX = 253;
const LABEL_LENGTH_MAX = 63;
/** IFNAMSIZ without the terminating NUL. */
const ZONE_LENGTH_MAX = 15;

const PORT_MAX = 65535;

/** `port` is `undefined` if there was none. */
export interface HostAndPort {
  /** Without brackets. A zone has the system's form: `fe80::1%eth0`. */
  readonly hostname: string;
  readonly port: number | undefined;
}

/** A host name or an IP address, without a port. An IPv6 address may have brackets. */
export function parseHost(text: string): Parsed<string> {
  if (text.includes("/")) return bad("a host name or IP address; a URL has a key of its own, url");
  // Two or more colons mean an IPv6 address. Brackets show where it ends.
  const isBareIpv6 = !text.startsWith("[") && text.split(":").length > 2;
  if (isBareIpv6) return ipv6Of(text);
  const parsed = parseHostAndPort(text);
  if (!parsed.ok) return parsed;
  const { hostname, port } = parsed.value;
  if (port === undefined) return good(hostname);
  return bad(`a host name or IP address alone: host = ${hostname}, and port = ${port}`);
}

/** `hub.lan`, `hub.lan:1883`, `192.0.2.2:1883`, `[fe80::1%eth0]:1883`; ports from 0 to 65535. */
export function parseHostAndPort(text: string): Parsed<HostAndPort> {
  const split = text.startsWith("[") ? splitBrackets(text) : splitColon(text);
  if (!split.ok) return split;
  const { host, digits } = split.value;
  if (digits === undefined) return good({ hostname: host, port: undefined });
  const port = /^[0-9]{1,5}$/.test(digits) ? Number(digits) : Infinity;
  return port <= PORT_MAX
    ? good({ hostname: host, port })
    : bad(`a port from 0 to ${PORT_MAX} after the colon`);
}

/** The form of a host in a URL or before a port. */
export function bracketed(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Whether a host is an IP address, so that no lookup is needed. */
export function isAddress(hostname: string): boolean {
  return isIpv4(hostname) || ipv6Of(hostname).ok;
}

/** The address of a host without its interface. */
export function withoutZone(hostname: string): string {
  return hostname.split("%")[0] ?? hostname;
}

/** Sockets of both families write an IPv4 peer as `::ffff:192.0.2.2`; this returns `192.0.2.2`. */
export function unmapped(address: string): string {
  const tail = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  return tail !== undefined && isIpv4(tail) ? tail : address;
}

/** Whether a server on this host listens on every interface. */
export function isAnyHost(hostname: string): boolean {
  return hostname === ANY_HOST || hostname === "0.0.0.0" || hostname === "::";
}

/** The address at which this machine itself reaches a server that listens on a host. */
export function reachedLocally(hostname: string): string {
  if (hostname === "::") return "::1";
  return hostname === OWN_HOST || isAnyHost(hostname) ? "127.0.0.1" : hostname;
}

interface Split {
  readonly host: string;
  readonly digits: string | undefined;
}

function splitBrackets(text: string): Parsed<Split> {
  const end = text.indexOf("]");
  const rest = text.slice(end + 1);
  if (end < 0 || (rest !== "" && !rest.startsWith(":"))) {
    return bad("an IPv6 address in brackets, and after them nothing or a colon and a port");
  }
  // RFC 6874: a URL encodes the percent sign before the zone as %25.
  const host = ipv6Of(text.slice(1, end).replace("%25", "%"));
  return host.ok
    ? good({ host: host.value, digits: rest === "" ? undefined : rest.slice(1) })
    : host;
}

function splitColon(text: string): Parsed<Split> {
  const colon = text.indexOf(":");
  if (colon >= 0 && colon !== text.lastIndexOf(":")) {
    const isIpv6 = ipv6Of(text).ok;
    return bad(
      isIpv6
        ? "brackets around the IPv6 address: [::1]:1883"
        : "a host name or IP address, and one colon before the port",
    );
  }
  const host = nameOrIpv4(colon < 0 ? text : text.slice(0, colon));
  if (!host.ok) return host;
  return good({ host: host.value, digits: colon < 0 ? undefined : text.slice(colon + 1) });
}

function nameOrIpv4(text: string): Parsed<string> {
  if (isIpv4(text)) return good(text);
  const labels = text.replace(/\.$/, "").split(".");
  // No top-level domain is numeric, so a numeric last label means an IPv4 address (RFC 3696, 2).
  if (/^[0-9]+$/.test(labels.at(-1) ?? "")) {
    return bad("an IPv4 address of four numbers from 0 to 255, such as 192.168.1.10");
  }
  const isName = text.length <= NAME_LENGTH_MAX && labels.every(isLabel);
  return isName ? good(text) : bad("a host name or IP address");
}

/** Four full numbers. Some programs read `127.1` and `010.0.0.1` as other addresses. */
function isIpv4(text: string): boolean {
  return !text.includes(":") && parseIp(text) !== undefined;
}

function isLabel(text: string): boolean {
  return text.length <= LABEL_LENGTH_MAX &&
    /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(text);
}

function ipv6Of(text: string): Parsed<string> {
  const percent = text.indexOf("%");
  const address = percent < 0 ? text : text.slice(0, percent);
  const zone = percent < 0 ? undefined : text.slice(percent + 1);
  const parsed = address.includes(":") ? parseIp(address) : undefined;
  if (parsed === undefined) {
    return bad("a host name or IP address, such as hub.lan, 192.168.1.10 or fd00::10");
  }
  if (zone !== undefined && !isZone(zone)) {
    return bad("an interface's name after the %, such as fe80::1%eth0");
  }
  if (zone === undefined && parsed.kind() === "ipv6" && isLinkLocal(parsed)) {
    return bad(`the interface behind a link-local address: ${address}%eth0`);
  }
  return good(text);
}

function isZone(text: string): boolean {
  return text.length <= ZONE_LENGTH_MAX && /^[A-Za-z0-9_.-]+$/.test(text);
}
