/** How the hub was asked, as whoever asks sees it: through whatever proxies. */

import type { Context, MiddlewareHandler } from "hono";
import { getConnInfo } from "hono/deno";
import { isInside, parseIp, type Prefix } from "../../core/network/address.ts";
import { unmapped } from "../../core/network/host.ts";

export interface RequestOrigin {
  /** As in a URL, such as `hub.lan:8080`; empty where nobody says it. */
  readonly host: string;
  /** Every name that was said: a proxy that is asked by a strange name may pass on a good one, too. */
  readonly hosts: readonly string[];
  /** `undefined`: a proxy may have taken the TLS off, and none that is trusted says so. */
  readonly scheme: "http" | "https" | undefined;
  /** The address of whoever asks: behind a proxy that is not trusted, the proxy's. */
  readonly address: string;
}

const REQUEST_ORIGIN = "asked";

/** Works out how each request was asked; only proxies inside `trusted` are believed. */
export function hearProxies(trusted: readonly Prefix[]): MiddlewareHandler {
  return async (context, next) => {
    context.set(REQUEST_ORIGIN, originThrough(context, trusted));
    await next();
  };
}

/** What `hearProxies` found out. */
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
  if (!isTrusted(peer)) return { host, hosts: [host], scheme: undefined, address: peer };
  const said = (name: string) => listIn(context.req.header(`X-Forwarded-${name}`));
  const [forwardedHost] = said("Host");
  const [port] = said("Port");
  const scheme = said("Proto")[0]?.toLowerCase();
  return {
    host: withPort(forwardedHost ?? host, port),
    hosts: forwardedHost === undefined ? [host] : [host, forwardedHost],
    scheme: scheme === "http" || scheme === "https" ? scheme : undefined,
    address: clientOf(said("For"), isTrusted) ?? peer,
  };
}

/** The last address that no trusted proxy has: whatever stands before it, anybody can write. */
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

/** Tests ask without a connection. */
function peerOf(context: Context): string {
  if (context.env?.remoteAddr === undefined) return "unknown";
  return unmapped(getConnInfo(context).remote.address ?? "unknown");
}
