/** Opens servers on every interface over IPv4 and IPv6, with any system settings. */

import type { Endpoint } from "../../core/config/settings.ts";
import { ANY_HOST, OWN_HOST } from "../../core/network/host.ts";

/** A listening server with its actual port. */
export interface Listening {
  readonly port: number;
  close(): void;
}

/**
 * Opens a server on each address of an endpoint. `*` usually needs one socket for both families. It
 * needs two where the system separates the families (`net.ipv6.bindv6only`), and only IPv4 where
 * there is no IPv6. `localhost` needs one for each family. Throws the error of `open`; then nothing
 * stays open.
 */
export function openEach<Server extends Listening>(
  { hostname, port }: Endpoint,
  open: (at: Endpoint) => Server,
): readonly Server[] {
  if (hostname === OWN_HOST) return openOwn(port, open);
  if (hostname !== ANY_HOST) return [open({ hostname, port })];
  const wide = openUnlessMissing(port, open);
  if (wide === undefined) return [open({ hostname: "0.0.0.0", port })];
  try {
    return [wide, open({ hostname: "0.0.0.0", port: wide.port })];
  } catch (error) {
    // The socket of both families has the port over IPv4 too.
    if (error instanceof Deno.errors.AddrInUse) return [wide];
    wide.close();
    throw error;
  }
}

function openOwn<Server extends Listening>(
  port: number,
  open: (at: Endpoint) => Server,
): readonly Server[] {
  const first = open({ hostname: "127.0.0.1", port });
  try {
    return [first, open({ hostname: "::1", port: first.port })];
  } catch (error) {
    // There may be no IPv6.
    if (!(error instanceof Deno.errors.AddrInUse)) return [first];
    first.close();
    throw error;
  }
}

/** Returns a server over IPv6; `undefined` if the system has no IPv6. */
function openUnlessMissing<Server>(
  port: number,
  open: (at: Endpoint) => Server,
): Server | undefined {
  try {
    return open({ hostname: "::", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw error;
    return undefined;
  }
}
