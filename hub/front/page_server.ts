/** The HTTP server of page and API. */

import type { Endpoint } from "../../core/config/settings.ts";
import { bracketed, isAnyHost } from "../../core/network/host.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { PageFront, type PageFrontOptions } from "./page_front.ts";

const log = getLog("hub");

/** Listens at once, until it is disposed. Throws `UserError` when it cannot listen. */
export function servePage(options: PageFrontOptions): AsyncDisposable {
  const front = openFront(options);
  const { listen, tls } = options;
  const urls = [
    ...(listen === undefined ? [] : [urlOf("http", front.address)]),
    ...(tls === undefined ? [] : [urlOf("https", tls.port.address)]),
  ];
  log.info("the page is up", { url: urls.join(" ") });
  return front;
}

function openFront(options: PageFrontOptions): PageFront {
  try {
    return new PageFront(options);
  } catch (error) {
    if (options.listen === undefined) throw error;
    const { hostname, port } = options.listen;
    const what = `Cannot listen on ${bracketed(hostname)}:${port} ([hub] listen)`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

function urlOf(scheme: "http" | "https", { hostname, port }: Endpoint): string {
  return `${scheme}://${urlHost(hostname)}:${port}/`;
}

/**
 * Returns the host to type into a browser, which cannot open an address that means all interfaces.
 */
function urlHost(hostname: string): string {
  return isAnyHost(hostname) ? "localhost" : bracketed(hostname);
}
