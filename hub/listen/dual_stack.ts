/** Servers on every interface, over IPv4 and IPv6, whatever the system makes of the two families. */

import type { Endpoint } from "../../core/config/settings.ts";
import { ANY_HOST } from "../../core/network/host.ts";

/** A server that listens, with the port that it really has. */
export interface Listening {
  readonly port: number;
  close(): void;
}

/**
 * Opens a server on each address that an endpoint stands for. `*` is one socket for both families as a
 * rule, two where the system keeps the families apart (`net.ipv6.bindv6only`), and IPv4 alone where
 * it has no IPv6. Throws what `open` throws, and then nothing stays open.
 */
export function openEach<Server extends Listening>(
  { hostname, port }: Endpoint,
  open: (at: Endpoint) => Server,
): readonly Server[] {
  if (hostname !== ANY_HOST) return [open({ hostname, port })];
  const wide = openUnlessMissing(port, open);
  if (wide === undefined) return [open({ hostname: "0.0.0.0", port })];
  try {
    return [wide, open({ hostname: "0.0.0.0", port: wide.port })];
  } catch (error) {
    // The socket of both families has the port over IPv4, too.
    if (error instanceof Deno.errors.AddrInUse) return [wide];
    wide.close();
    throw error;
  }
}

/** A server over IPv6; `undefined` where the system has none. */
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
