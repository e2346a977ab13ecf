/** The HTTP server of page and API. */

import type { Endpoint } from "../core/config.ts";
import { bracketed, isAnyHost } from "../core/host.ts";
import { getLog } from "../io/log.ts";
import { reasonOf, UserError } from "../io/user_error.ts";
import { openEach } from "./dual_stack.ts";
import { LastingServer, type PageHandler } from "./lasting_server.ts";

const log = getLog("hub");

/** Listens at once, until disposed. Throws `UserError` when it cannot. */
export function servePage(
  endpoint: Endpoint,
  handler: PageHandler,
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

function openServers(
  endpoint: Endpoint,
  handler: PageHandler,
): readonly LastingServer[] {
  try {
    return openEach(endpoint, (at) => new LastingServer(at, handler));
  } catch (error) {
    const what = `Cannot listen on ${bracketed(endpoint.hostname)}:${endpoint.port} ([hub] listen)`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** What a person types: an address of all interfaces is none that a browser can go to. */
function urlHost(hostname: string): string {
  return isAnyHost(hostname) ? "localhost" : bracketed(hostname);
}
