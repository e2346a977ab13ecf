/** Determines how the client reached the hub, possibly through proxies. */

import type { Context, MiddlewareHandler } from "hono";
import { getConnInfo } from "hono/deno";
import { isInside, parseIp, type Prefix } from "../../core/network/address.ts";
import { unmapped } from "../../core/network/host.ts";

export interface RequestOrigin {
  /** As in a URL, such as `hub.lan:8080`; empty if unknown. */
  readonly host: string;
  /** Every host name in the headers. A proxy that receives a foreign name may add a valid one. */
  readonly hosts: readonly string[];
  /** `undefined`: a proxy may have terminated TLS, and no trusted proxy reports it. */
  readonly scheme: "http" | "https" | undefined;
  /** The client's address. Behind an untrusted proxy it is the proxy's address. */
  readonly address: string;
  /** The other end of the connection: the client, or a proxy. */
  readonly peer: string;
  readonly isTrustedProxy: boolean;
}

const REQUEST_ORIGIN = "asked";

/** Determines the origin of each request. Only headers from proxies inside `trusted` count. */
export function hearProxies(trusted: readonly Prefix[]): MiddlewareHandler {
  return async (context, next) => {
    context.set(REQUEST_ORIGIN, originThrough(context, trusted));
    await next();
  };
}

/** Returns the origin that `hearProxies` has determined. */
export function requestOriginOf(context: Context): RequestOrigin {
  const asked: RequestOrigin | undefined = context.get(REQUEST_ORIGIN);
  return asked ?? originThrough(context, []);
}

function originThrough(context: Context, trusted: readonly Prefix[]): RequestOrigin {
  const host = context.req.header("Host") ?? "";
  const peer = peerOf(context);
  const isTrusted = (address: string) => {
    const ip = parseIp(address);
    return ip !== undefined && trusted.some((prefix) => isInside(ip, prefix));
  };
  const ownScheme = isByTls(context) ? "https" : undefined;
  if (!isTrusted(peer)) {
    const direct = { host, hosts: [host], scheme: ownScheme } as const;
    return { ...direct, address: peer, peer, isTrustedProxy: false };
  }
  const said = (name: string) => listIn(context.req.header(`X-Forwarded-${name}`));
  const [forwardedHost] = said("Host");
  const [port] = said("Port");
  const scheme = said("Proto")[0]?.toLowerCase();
  return {
    host: withPort(forwardedHost ?? host, port),
    hosts: forwardedHost === undefined ? [host] : [host, forwardedHost],
    scheme: scheme === "http" || scheme === "https" ? scheme : ownScheme,
    address: clientOf(said("For"), isTrusted) ?? peer,
    peer,
    isTrustedProxy: true,
  };
}

/**
 * Returns the last address that does not belong to a trusted proxy. Anybody can write the addresses
 * before it.
 */
function clientOf(
  addresses: readonly string[],
  isTrusted: (address: string) => boolean,
): string | undefined {
  const known = addresses.map(unmapped);
  return known.findLast((address) => parseIp(address) !== undefined && !isTrusted(address)) ??
    known.find(isTrusted);
}

function listIn(header: string | undefined): readonly string[] {
  return (header ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
}

function withPort(host: string, port: string | undefined): string {
  const hasPort = /:\d+$/.test(host);
  return hasPort || port === undefined || !/^\d{1,5}$/.test(port) ? host : `${host}:${port}`;
}

/** Whether the request has come by TLS to the hub itself, not only to a proxy. */
export function isByTls(context: Context): boolean {
  return context.env?.isSecure === true;
}

/** Tests send requests without a connection. */
function peerOf(context: Context): string {
  if (context.env?.remoteAddr === undefined) return "unknown";
  return unmapped(getConnInfo(context).remote.address ?? "unknown");
}
