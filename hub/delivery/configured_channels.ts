/** All channels of the configuration in one form: `[sms]`, `[webhook]` and `[channel NAME]`. */

import type { ChannelValues } from "../../core/config/needs.ts";
import type { ChannelSetting, Config } from "../../core/config/settings.ts";

/** Its name in `[alerts] channels`, which is also its route's. The setting's own name is that of the outbox. */
export interface ConfiguredChannel extends ChannelSetting {
  readonly word: string;
}

/** In their default order, without those that only print. */
export function configuredChannels(
  { sms, webhook, channels }: Pick<Config, "sms" | "webhook" | "channels">,
): readonly ConfiguredChannel[] {
  return [
    ...(sms.provider === "twilio" ? [smsChannel(sms)] : []),
    ...(webhook.url === undefined ? [] : [webhookChannel(webhook)]),
    ...channels.map((channel) => ({ ...channel, word: channel.name })),
  ];
}

function smsChannel(sms: Config["sms"]): ConfiguredChannel {
  const values = written({
    account_sid: sms.accountSid,
    auth_token: sms.authToken,
    from: sms.from,
    messaging_service_sid: sms.messagingServiceSid,
    to: sms.to.join(","),
    api_url: sms.apiUrl,
  });
  const { quiet } = sms;
  return { word: "sms", name: "twilio", section: "sms", kind: "twilio", values, quiet };
}

function webhookChannel(webhook: Config["webhook"]): ConfiguredChannel {
  const { preset: kind, url, token, from, to, quiet } = webhook;
  const values = written({ url, token, from, to: to.join(",") });
  return { word: "webhook", name: "webhook", section: "webhook", kind, values, quiet };
}

function written(values: { readonly [K in keyof ChannelValues]: string | undefined }) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as ChannelValues;
}
