/** The hub's listening addresses on this machine, and whether they are free. */

import type { Endpoint } from "../core/config/settings.ts";
import { parseEndpoint } from "../core/config/values.ts";
import { ANY_HOST, bracketed, reachedLocally } from "../core/network/host.ts";

/** Like the configuration's, but with a known port. Throws an `Error` that names the variable. */
export function endpointOf(text: string, variable: string): Endpoint {
  const parsed = parseEndpoint(text);
  if (parsed.ok && parsed.value.port !== 0) return parsed.value;
  throw new Error(
    `${variable}: expected an address and port such as *:8080, found "${text}"`,
  );
}

/** Returns the address at which this machine reaches a server that listens there. */
export function localAddress({ hostname, port }: Endpoint): string {
  return `${bracketed(reachedLocally(hostname))}:${port}`;
}

/** Throws an `Error` in plain words when another program listens there already. */
export function assertFree(endpoint: Endpoint, purpose: string, variable: string): void {
  try {
    // A socket of both families also needs the port over IPv4.
    const hostname = endpoint.hostname === ANY_HOST ? "0.0.0.0" : endpoint.hostname;
    Deno.listen({ hostname, port: endpoint.port, transport: "tcp" }).close();
  } catch (error) {
    const { port } = endpoint;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(
        `Port ${port}, for ${purpose}, is taken by another program. ` +
          `Choose another one: ${variable}=${bracketed(endpoint.hostname)}:${port + 1}`,
      );
    }
    throw new Error(`Cannot listen on port ${port}, for ${purpose}: ${message(error)}`);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
