/** Asks the provider of each channel a question that sends no message. */

import type { Config } from "../../core/config/settings.ts";
import type { Finding } from "../../core/doctor/finding.ts";
import { type ProviderAnswer, providerFinding } from "../../core/doctor/hub_checks.ts";
import { notificationOf } from "../delivery/channels.ts";
import { type Channel, PRINT } from "../notify/channel/channel.ts";

export async function checkChannels(
  config: Config,
  stop: AbortSignal,
): Promise<readonly Finding[]> {
  const channels = notificationOf(config).channels.filter(({ name }) => name !== PRINT);
  return await Promise.all(channels.map(async (channel) => {
    return providerFinding(channel.name, await ask(channel, stop));
  }));
}

async function ask(channel: Channel, stop: AbortSignal): Promise<ProviderAnswer> {
  if (channel.probe === undefined) return { kind: "unknown" };
  await channel.prepare();
  const reach = await channel.probe(stop);
  return reach.kind === "reached" ? reach : { kind: reach.kind, why: reach.why };
}
