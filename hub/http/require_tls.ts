/** Sends browsers that come without TLS to the page with TLS. */

import type { Context, MiddlewareHandler } from "hono";
import type { PlainAccess } from "../../core/config/settings.ts";
import { isLoopback, parseIp } from "../../core/network/address.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import { failure } from "./answer.ts";
import { isByOwnSocket } from "./own_socket.ts";
import { isByTls, requestOriginOf } from "./request_origin.ts";

/** Not for ever: the owner may change the setting. */
const TEMPORARY = 307;

export interface RequireTlsOptions {
  readonly identity: () => TlsIdentity | undefined;
  readonly plain: PlainAccess;
}

/** Passes requests by TLS, of this machine and of trusted proxies, and all with `plain = lan`. */
export function requireTls({ identity, plain }: RequireTlsOptions): MiddlewareHandler {
  return async (context, next) => {
    if (plain === "lan" || isPrivate(context)) return await next();
    const url = secureUrl(context, identity()?.httpsPort);
    const isRead = context.req.method === "GET" || context.req.method === "HEAD";
    if (url !== undefined && isRead) return context.redirect(url, TEMPORARY);
    const where = url === undefined ? "on the hub's own machine" : `at ${url}`;
    const message = `The hub answers without TLS on its own machine alone: ask it ${where}`;
    return failure(context, 403, { code: "tls_required", message });
  };
}

/** Nobody can listen to the request on its way to the hub. */
function isPrivate(context: Context): boolean {
  if (isByOwnSocket(context) || isByTls(context)) return true;
  const { peer, isTrustedProxy } = requestOriginOf(context);
  const ip = parseIp(peer);
  return isTrustedProxy || ip !== undefined && isLoopback(ip);
}

/** The same address with TLS. */
function secureUrl(context: Context, port: number | undefined): string | undefined {
  const { host } = requestOriginOf(context);
  if (port === undefined || !URL.canParse(`http://${host}`)) return undefined;
  const { hostname } = new URL(`http://${host}`);
  const { pathname, search } = new URL(context.req.url);
  return `https://${hostname}:${port}${pathname}${search}`;
}
