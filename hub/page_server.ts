/** The HTTP server of page and API. */

import type { Endpoint } from "../core/config.ts";
import { bracketed, isAnyHost } from "../core/host.ts";
import { getLog } from "../io/log.ts";
import { reasonOf, UserError } from "../io/user_error.ts";
import { type Listening, openEach } from "./dual_stack.ts";

const log = getLog("hub");

/** Listens at once, until disposed. Throws `UserError` when it cannot. */
export function servePage(
  endpoint: Endpoint,
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
): AsyncDisposable {
  const servers = openServers(endpoint, handler);
  const port = servers[0]?.port ?? endpoint.port;
  log.info("the page is up", { url: `http://${urlHost(endpoint.hostname)}:${port}/` });
  return {
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.close();
      await Promise.all(servers.map(({ finished }) => finished));
    },
  };
}

interface PageServer extends Listening {
  readonly finished: Promise<void>;
}

function openServers(
  endpoint: Endpoint,
  handler: Parameters<typeof servePage>[1],
): readonly PageServer[] {
  try {
    return openEach(endpoint, ({ hostname, port }) => {
      const stop = new AbortController();
      const options = { hostname, port, signal: stop.signal, onListen: () => {} };
      const { addr, finished } = Deno.serve(options, handler);
      return { port: addr.port, finished, close: () => stop.abort() };
    });
  } catch (error) {
    const what = `Cannot listen on ${bracketed(endpoint.hostname)}:${endpoint.port} ([hub] listen)`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** What a person types: an address of all interfaces is none that a browser can go to. */
function urlHost(hostname: string): string {
  return isAnyHost(hostname) ? "localhost" : bracketed(hostname);
}
