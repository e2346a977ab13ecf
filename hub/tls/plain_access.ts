/** Who may come without TLS, and where the hub listens for that. */

import type { Config, Endpoint, PlainAccess } from "../../core/config/settings.ts";
import { isLoopback, parseIp } from "../../core/network/address.ts";
import { ANY_HOST, OWN_HOST } from "../../core/network/host.ts";

const LOOPBACK = "127.0.0.1";

/**
 * `hasTls`: of this protocol. A hub that ran before it had TLS goes on with everybody, so that it
 * loses no Pi at its upgrade.
 */
export function plainAccess(
  configured: PlainAccess | undefined,
  { hasTls, ranBefore }: { readonly hasTls: boolean; readonly ranBefore: boolean },
): PlainAccess {
  return configured ?? (hasTls && !ranBefore ? "loopback" : "lan");
}

/** The hub itself always reaches its broker without TLS. */
export function plainBrokerListen(
  { brokerListen }: Pick<Config["hub"], "brokerListen">,
  access: PlainAccess,
): Endpoint {
  const { hostname, port } = brokerListen;
  if (access === "lan") return brokerListen;
  if (access === "no") return { hostname: LOOPBACK, port: 0 };
  if (hostname === ANY_HOST || hostname === "::") return { hostname: OWN_HOST, port };
  const ip = parseIp(hostname);
  const isOwn = hostname === OWN_HOST || ip !== undefined && isLoopback(ip);
  return { hostname: isOwn ? hostname : LOOPBACK, port };
}
