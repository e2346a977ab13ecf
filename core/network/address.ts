/** IP addresses: their subnets, and whether they can belong to another machine. */

import ip, { type IPv4, type IPv6 } from "ipaddr.js";

/** An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) counts as IPv4. */
export type IpAddress = IPv4 | IPv6;

/** All addresses whose first `length` bits are those of `address`. */
export interface Prefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** Longer than any IP literal with its zone. */
const LITERAL_LENGTH_MAX = 64;
/** Ranges whose addresses cannot identify another machine. */
const NOT_A_MACHINE = ["unspecified", "broadcast", "multicast", "loopback"];

/** Reads an IP literal without brackets; `undefined` if it is not one. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > LITERAL_LENGTH_MAX) return undefined;
  // Programs read `127.1` and `0177.0.0.1` as different addresses.
  const isLiteral = text.includes(":")
    ? ip.IPv6.isValid(text)
    : ip.IPv4.isValidFourPartDecimal(text);
  return isLiteral ? ip.process(text) : undefined;
}

/** Reads `192.0.2.0/24`. An address alone is a prefix of full length. */
export function parsePrefix(text: string): Prefix | undefined {
  const [literal = "", digits, ...rest] = text.split("/");
  const address = parseIp(literal);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = bitsOf(address);
  const length = digits === undefined ? bits : /^\d{1,3}$/.test(digits) ? Number(digits) : Infinity;
  return length <= bits ? { address, length } : undefined;
}

/**
 * The key by which unknown clients are counted: an IPv4 address, or the network of an IPv6 address,
 * such as `2001:db8:1:2::/64`, because a client can use all addresses of its network. The first
 * four groups alone also mean the network. Text that is no address is returned unchanged.
 */
export function clientKey(from: string): string {
  const isNetwork = /^[\da-f]{1,4}(?::[\da-f]{1,4}){3}$/i.test(from);
  const address = parseIp(isNetwork ? `${from}::` : from);
  if (address === undefined) return from;
  const range = address.range();
  if (range === "loopback" || range === "unspecified") {
    return address.kind() === "ipv4" ? address.toString() : "::1";
  }
  if (!("parts" in address)) return address.toString();
  return `${new ip.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0])}/64`;
}

export function isInside(address: IpAddress, prefix: Prefix): boolean {
  return address.kind() === prefix.address.kind() && address.match(prefix.address, prefix.length);
}

export function sameIp(a: IpAddress, b: IpAddress): boolean {
  return isInside(a, { address: b, length: bitsOf(b) });
}

export function isLoopback(address: IpAddress): boolean {
  return address.range() === "loopback";
}

/** A link-local address exists on every link, so without its interface it identifies no machine. */
export function isLinkLocal(address: IpAddress): boolean {
  return address.range() === "linkLocal";
}

/** The interface of a link-local address: `eth0` of `fe80::1%eth0`. */
export function zoneOf(address: IpAddress): string | undefined {
  return /%(.+)$/.exec(address.toString())?.[1];
}

/** Whether a machine other than this one can have the address. */
export function isOfAMachine(address: IpAddress): boolean {
  return !NOT_A_MACHINE.includes(address.range());
}

function bitsOf(address: IpAddress): 32 | 128 {
  return address.kind() === "ipv4" ? 32 : 128;
}

/** The network of an IPv6 address, because a client can use all addresses of its first 64 bits. */
export function sourceOf(address: string): string {
  const parsed = address.includes(".") ? undefined : parseIp(address);
  if (parsed === undefined || !("parts" in parsed)) return address;
  return parsed.parts.slice(0, 4).map((part) => part.toString(16)).join(":");
}
