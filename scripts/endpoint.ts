/** Where the hub listens on this machine, and whether it can. */

/** A server's address. An IPv6 address stands without its brackets. */
export interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

/** Reads `0.0.0.0:8080` or `[::]:8080`. Throws an `Error` that names the variable it came from. */
export function parseEndpoint(text: string, variable: string): Endpoint {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:]+)):(\d{1,5})$/.exec(text);
  const hostname = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (hostname === undefined || !(port > 0 && port < 65_536)) {
    throw new Error(`${variable}: expected ADDRESS:PORT such as 0.0.0.0:8080, found "${text}"`);
  }
  return { hostname, port };
}

/** The address under which this very machine reaches a server that listens there. */
export function localAddress({ hostname, port }: Endpoint): string {
  const reached = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[hostname] ?? hostname;
  return `${reached.includes(":") && !reached.startsWith("[") ? `[${reached}]` : reached}:${port}`;
}

/** Throws an `Error` in plain words when something else listens there already. */
export function assertFree(endpoint: Endpoint, purpose: string, variable: string): void {
  try {
    Deno.listen({ ...endpoint, transport: "tcp" }).close();
  } catch (error) {
    const { port } = endpoint;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(
        `Port ${port}, for ${purpose}, is taken by another program. ` +
          `Choose another one: ${variable}=${endpoint.hostname}:${port + 1}`,
      );
    }
    throw new Error(`Cannot listen on port ${port}, for ${purpose}: ${message(error)}`);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
