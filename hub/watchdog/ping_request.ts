/** The HTTP request of a ping, in the forms of Healthchecks, Better Stack and Uptime Kuma. */

import { NO_FAIL_URL } from "../../core/config/watchdog_section.ts";
import type { Config } from "../../core/config/settings.ts";
import { type HttpRequest, withinLength } from "../notify/http/request.ts";

/** Uptime Kuma: the path of its push URLs. The state is in the query. */
const KUMA_PATH = /\/api\/push\//;
/** Uptime Kuma shows a message of this length. */
const MESSAGE_LENGTH_MAX = 250;

export type WatchdogUrls =
  & Required<Pick<Config["watchdog"], "url">>
  & Pick<Config["watchdog"], "failUrl">;

/** The request that says that the hub works. */
export function successRequest({ url }: WatchdogUrls): HttpRequest {
  const target = new URL(url);
  if (KUMA_PATH.test(target.pathname)) {
    target.searchParams.set("status", "up");
    target.searchParams.set("msg", "OK");
  }
  return { url: target.href, headers: {} };
}

/** The request that says that the hub does not work; `undefined` if the watcher is not to be told. */
export function failureRequest(
  { url, failUrl }: WatchdogUrls,
  reason: string,
): HttpRequest | undefined {
  if (failUrl === NO_FAIL_URL) return undefined;
  const target = new URL(failUrl ?? url);
  if (KUMA_PATH.test(target.pathname)) {
    target.searchParams.set("status", "down");
    target.searchParams.set("msg", withinLength(reason, MESSAGE_LENGTH_MAX));
    return { url: target.href, headers: {} };
  }
  if (failUrl === undefined) target.pathname = `${target.pathname.replace(/\/+$/, "")}/fail`;
  return {
    url: target.href,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: reason,
  };
}
