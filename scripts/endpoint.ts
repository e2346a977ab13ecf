/** Where the hub listens on this machine, and whether it can. */

import type { Endpoint } from "../core/config/settings.ts";
import { parseEndpoint } from "../core/config/values.ts";
import { ANY_HOST, bracketed, reachedLocally } from "../core/network/host.ts";

/** As the configuration's, but with a port that is known. Throws an `Error` that names the variable. */
export function endpointOf(text: string, variable: string): Endpoint {
  const parsed = parseEndpoint(text);
  if (parsed.ok && parsed.value.port !== 0) return parsed.value;
  throw new Error(
    `${variable}: expected an address and port such as *:8080, found "${text}"`,
  );
}

/** The address under which this very machine reaches a server that listens there. */
export function localAddress({ hostname, port }: Endpoint): string {
  return `${bracketed(reachedLocally(hostname))}:${port}`;
}

/** Throws an `Error` in plain words when something else listens there already. */
export function assertFree(endpoint: Endpoint, purpose: string, variable: string): void {
  try {
    // A socket of both families needs the port over IPv4, too.
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
