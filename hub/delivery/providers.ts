/** The addresses of the providers of messages. Their answer to a probe proves this machine's network. */

import type { Config } from "../../core/config/settings.ts";
import type { HostAndPort } from "../../core/network/host.ts";
import { receiverOf } from "../notify/receivers.ts";
import { configuredChannels } from "./configured_channels.ts";

/** The hosts that accept this hub's messages, as configured; none if messages are only printed. */
export function providersOf(
  config: Pick<Config, "sms" | "webhook" | "channels">,
): readonly HostAndPort[] {
  return configuredChannels(config).flatMap(({ kind, values }) => receiverOf(kind).servers(values));
}
