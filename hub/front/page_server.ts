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
  const { hostname, port } = front.address;
  log.info("the page is up", { url: `http://${urlHost(hostname)}:${port}/` });
  return front;
}

function openFront(options: PageFrontOptions): PageFront {
  try {
    return new PageFront(options);
  } catch (error) {
    const { hostname, port }: Endpoint = options.listen;
    const what = `Cannot listen on ${bracketed(hostname)}:${port} ([hub] listen)`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Returns the host to type into a browser, which cannot open an address that means all interfaces.
 */
function urlHost(hostname: string): string {
  return isAnyHost(hostname) ? "localhost" : bracketed(hostname);
}
