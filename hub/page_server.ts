/** The HTTP server of page and API. */

import type { Endpoint } from "../core/config.ts";
import { getLog } from "../io/log.ts";
import { reasonOf, UserError } from "../io/user_error.ts";

const log = getLog("hub");

/** Listens at once, until disposed. Throws `UserError` when it cannot. */
export function servePage(
  { hostname, port }: Endpoint,
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): AsyncDisposable {
  const stop = new AbortController();
  const onListen = (address: Deno.NetAddr) =>
    log.info("the page is up", { url: `http://${urlHost(address.hostname)}:${address.port}/` });
  try {
    const server = Deno.serve({ hostname, port, signal: stop.signal, onListen }, handler);
    return {
      async [Symbol.asyncDispose]() {
        stop.abort();
        await server.finished;
      },
    };
  } catch (error) {
    const what = `Cannot listen on ${hostname}:${port} ([hub] listen)`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** What a person types: an address of all interfaces is none that a browser can go to. */
function urlHost(hostname: string): string {
  if (hostname === "0.0.0.0" || hostname === "::") return "localhost";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
