/** Where the providers of messages are: their answer to a knock proves this machine's network. */

import type { Config } from "../../core/config/settings.ts";
import type { HostAndPort } from "../../core/network/host.ts";

/** The hosts that take this hub's messages, as configured; none where messages are only printed. */
export function providersOf(
  { sms, webhook }: Pick<Config, "sms" | "webhook">,
): readonly HostAndPort[] {
  const urls = [sms.provider === "twilio" ? sms.apiUrl : undefined, webhook.url];
  return urls.flatMap((text) => {
    const url = text === undefined ? null : URL.parse(text);
    if (url === null) return [];
    const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
    // The brackets of an IPv6 address belong to the URL.
    return { hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
  });
}
