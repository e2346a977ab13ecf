/** The receivers of webhooks: what a message needs for each, and where it is expected to arrive. */

import type { WebhookPreset } from "../../../core/config/settings.ts";
import type { OutgoingMessage } from "../../../hub/notify/channel.ts";
import { WebhookChannel, type WebhookOptions } from "../../../hub/notify/webhook.ts";

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
): WebhookChannel {
  const { path, options: needed } = RECEIVERS[preset];
  return new WebhookChannel({ preset, url: baseUrl + path, ...needed, ...options });
}

/** A message that the receiver of that preset can have. */
export function messageFor(preset: WebhookPreset): OutgoingMessage {
  return { recipient: RECEIVERS[preset].recipient, text: TEXT };
}
