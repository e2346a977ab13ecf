/** How a new Pi reaches the hub's page, and how it recognises the hub. */

import type { Config } from "../../core/config/settings.ts";
import { isLoopback, parseIp } from "../../core/network/address.ts";
import { bracketed, parseHostAndPort } from "../../core/network/host.ts";
import { reachableName } from "../credentials/reachable_address.ts";

/** The part of the hub's TLS identity that a Pi needs for its first contact. */
export interface PageIdentity {
  /** The base64 SHA-256 digest of the public key with which the page is served at this host. */
  readonly pinFor: (host: string) => string;
  /** `undefined`: the page is not served over TLS. */
  readonly httpsPort: number | undefined;
}

export interface HubAddress {
  /** Without a slash at its end, such as `https://hub.local:8443`. */
  readonly url: string;
  /** `undefined`: a public authority vouches for the page, or it is not encrypted. */
  readonly pin: string | undefined;
}

/** How the person who adds the Pi reached the page. */
export interface AskedAt {
  /** As in a URL, such as `hub.lan:8080`. */
  readonly host: string;
  /** `undefined`: unknown. */
  readonly scheme: "http" | "https" | undefined;
}

interface AddressOptions {
  readonly config: Pick<Config, "hub">;
  readonly identity: PageIdentity | undefined;
  /** `undefined`: by a command on the hub's own machine. */
  readonly askedAt: AskedAt | undefined;
}

/**
 * Chooses the address: the public one of the configuration, or the one by which the person reached
 * the page, because that is likely to be right for the Pi, too.
 */
export function hubAddress({ config: { hub }, identity, askedAt }: AddressOptions): HubAddress {
  const asked = askedAt && parseHostAndPort(askedAt.host);
  const { hostname, port } = asked?.ok ? asked.value : { hostname: undefined, port: undefined };
  const host = bracketed(
    hostname === undefined || isOwn(hostname) ? otherName(hub) : hostname,
  );
  const httpsPort = identity?.httpsPort;
  if (hub.publicAddress !== undefined) return withPin(hub.publicAddress, identity);
  if (askedAt?.scheme === "https" && hostname !== undefined && !isOwn(hostname)) {
    return withPin(
      `https://${bracketed(hostname)}${port === undefined ? "" : `:${port}`}`,
      identity,
    );
  }
  if (httpsPort !== undefined) return withPin(`https://${host}:${httpsPort}`, identity);
  return { url: `http://${host}:${port ?? hub.listen.port}`, pin: undefined };
}

/** Whether passwords and programs would travel readable for everybody in between. */
export function isClear({ url }: HubAddress): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !isOwn(hostname);
}

/** Behind a proxy another certificate than the hub's own answers, at another port. */
function withPin(url: string, identity: PageIdentity | undefined): HubAddress {
  const { protocol, hostname, port } = new URL(url);
  const isOurs = protocol === "https:" && Number(port || 443) === identity?.httpsPort;
  return {
    url: url.replace(/\/+$/, ""),
    pin: isOurs ? identity?.pinFor(unbracketed(hostname)) : undefined,
  };
}

/** A name that means another machine on every other one. */
function isOwn(hostname: string): boolean {
  const address = parseIp(unbracketed(hostname));
  return hostname === "localhost" || address !== undefined && isLoopback(address);
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** A page that listens on one address is reached there. */
function otherName(hub: Config["hub"]): string {
  const { hostname: listen } = hub.listen;
  return parseIp(listen) !== undefined && !/^(0\.0\.0\.0|::)$/.test(listen)
    ? listen
    : reachableName(hub);
}
