/** The receivers of webhooks: what a message needs for each, and where it is expected to arrive. */

import type { WebhookPreset } from "../../../core/config/settings.ts";
import type { ChannelValues } from "../../../core/config/needs.ts";
import type { Channel, OutgoingMessage } from "../../../hub/notify/channel/channel.ts";
import { d7 } from "../../../hub/notify/d7.ts";
import { discord } from "../../../hub/notify/discord.ts";
import type { OpenHttpReceiver } from "../../../hub/notify/http_channel.ts";
import { json } from "../../../hub/notify/json.ts";
import { ntfy } from "../../../hub/notify/ntfy.ts";
import { slack } from "../../../hub/notify/slack.ts";
import { telegram } from "../../../hub/notify/telegram.ts";

/** What a webhook is told, and for how long it may keep quiet. */
export interface WebhookOptions extends Pick<ChannelValues, "url" | "token" | "from" | "to"> {
  readonly timeoutMs?: number;
}

/** The kinds of channels that presets name. */
export const RECEIVERS_BY_PRESET: Readonly<Record<WebhookPreset, OpenHttpReceiver>> = {
  json,
  ntfy,
  slack,
  discord,
  telegram,
  d7,
};

/** The channel of `[webhook]`. */
export function webhook(
  preset: WebhookPreset,
  { timeoutMs, ...values }: WebhookOptions,
): Channel {
  const place = { name: "webhook", section: "webhook" };
  return RECEIVERS_BY_PRESET[preset].open(
    values,
    timeoutMs === undefined ? place : { ...place, timeoutMs },
  );
}

/** Is part of every secret, and must be in no word that people read. */
export const SECRET = "s3cret";
export const TOKEN = `17:${SECRET}-t0ken`;

export const RECEIVERS: Readonly<
  Record<WebhookPreset, {
    readonly path: string;
    readonly options: Partial<WebhookOptions>;
    readonly arrivesAt: string;
    readonly recipient: string;
    readonly reference: string;
  }>
> = {
  json: {
    path: `/hook/${SECRET}-path`,
    options: { token: TOKEN },
    arrivesAt: `/hook/${SECRET}-path`,
    recipient: "json",
    reference: "",
  },
  ntfy: {
    path: `/${SECRET}-topic`,
    options: { token: TOKEN },
    arrivesAt: `/${SECRET}-topic`,
    recipient: "ntfy",
    reference: "wZ8kRBLcNH9t",
  },
  slack: {
    path: `/services/T1/B2/${SECRET}-x`,
    options: {},
    arrivesAt: `/services/T1/B2/${SECRET}-x`,
    recipient: "slack",
    reference: "",
  },
  discord: {
    path: `/api/webhooks/1/${SECRET}-x`,
    options: {},
    arrivesAt: `/api/webhooks/1/${SECRET}-x?wait=true`,
    recipient: "discord",
    reference: "1234567890123456789",
  },
  telegram: {
    path: "",
    options: { token: TOKEN },
    arrivesAt: `/bot${TOKEN}/sendMessage`,
    recipient: "-1001",
    reference: "42",
  },
  d7: {
    path: "",
    options: { token: TOKEN, from: "Cluster" },
    arrivesAt: "/messages/v1/send",
    recipient: "+4915112345678",
    reference: "d9835609-a4e0-10ea",
  },
};

export const PRESETS: readonly WebhookPreset[] = [
  "json",
  "ntfy",
  "slack",
  "discord",
  "telegram",
  "d7",
];

const TEXT = "John Snow is down. Ünïcode & more";

/** A channel to the receiver of that preset at `baseUrl`, a double's. */
export function channelTo(
  baseUrl: string,
  preset: WebhookPreset,
  options: Partial<WebhookOptions> = {},
): Channel {
  const { path, options: needed, recipient } = RECEIVERS[preset];
  const to = recipient === preset ? {} : { to: recipient };
  return webhook(preset, { url: baseUrl + path, ...to, ...needed, ...options });
}

/** A message that the receiver of that preset can have. */
export function messageFor(preset: WebhookPreset): OutgoingMessage {
  return { recipient: RECEIVERS[preset].recipient, text: TEXT };
}
