/** What each receiver of a webhook is sent: one function for each language. */

import type { WebhookPreset } from "../../core/config/settings.ts";
import type { OutgoingMessage } from "./channel.ts";

/** Where and how messages are posted. `url` and `token` are secrets. */
export interface WebhookSettings {
  readonly preset: WebhookPreset;
  readonly url: string;
  readonly token?: string;
  /** Whom D7 Networks names as the sender. */
  readonly from?: string;
}

/** A POST, ready to go. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TITLE = "RPi Cluster Alert";

/** https://docs.ntfy.sh/publish/#limitations: what is longer becomes an attachment. */
const NTFY_BYTES_MAX = 4096;
/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
const DISCORD_LENGTH_MAX = 2000;
/** https://core.telegram.org/bots/api#sendmessage */
const TELEGRAM_LENGTH_MAX = 4096;
/** https://api.slack.com/reference/surfaces/formatting: what is longer is cut there. */
const SLACK_LENGTH_MAX = 40_000;

/** The request that carries a message. `sentAtMs` is calendar time. */
export function requestOf(
  settings: WebhookSettings,
  message: OutgoingMessage,
  sentAtMs: number,
): WebhookRequest {
  switch (settings.preset) {
    case "json":
      return jsonRequest(settings, message, sentAtMs);
    case "ntfy":
      return ntfyRequest(settings, message);
    case "slack":
      return slackRequest(settings, message);
    case "discord":
      return discordRequest(settings, message);
    case "telegram":
      return telegramRequest(settings, message);
    case "d7":
      return d7Request(settings, message);
  }
}

function jsonRequest(
  { url, token, preset }: WebhookSettings,
  { recipient, text }: OutgoingMessage,
  sentAtMs: number,
): WebhookRequest {
  return posted(url, {
    text,
    // A receiver that was not told of any knows by itself.
    recipient: recipient === preset ? null : recipient,
    sent_at: new Date(sentAtMs).toISOString(),
  }, token);
}

/** https://docs.ntfy.sh/publish/ */
function ntfyRequest({ url, token }: WebhookSettings, { text }: OutgoingMessage): WebhookRequest {
  return {
    url,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Title": TITLE,
      "Priority": "high",
      ...bearer(token),
    },
    body: withinBytes(text, NTFY_BYTES_MAX),
  };
}

/** https://api.slack.com/messaging/webhooks; three characters are Slack's own. */
function slackRequest({ url }: WebhookSettings, { text }: OutgoingMessage): WebhookRequest {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return posted(url, { text: withinLength(escaped, SLACK_LENGTH_MAX), mrkdwn: false });
}

/** With `wait` Discord answers once the message is stored, and tells its id. */
function discordRequest({ url }: WebhookSettings, { text }: OutgoingMessage): WebhookRequest {
  const address = new URL(url);
  address.searchParams.set("wait", "true");
  return posted(address.href, {
    content: withinLength(text.replace(/[\\*_~`|>#[\]]/g, "\\$&"), DISCORD_LENGTH_MAX),
    // A node whose name begins with "@" calls nobody.
    allowed_mentions: { parse: [] },
  });
}

/** https://core.telegram.org/bots/api#sendmessage */
function telegramRequest(
  { url, token = "" }: WebhookSettings,
  { recipient, text }: OutgoingMessage,
): WebhookRequest {
  return posted(`${withoutSlash(url)}/bot${token}/sendMessage`, {
    chat_id: recipient,
    text: withinLength(text, TELEGRAM_LENGTH_MAX),
    link_preview_options: { is_disabled: true },
  });
}

/** https://d7networks.com/docs/SMS/Send-SMS/ */
function d7Request(
  { url, token, from = "" }: WebhookSettings,
  { recipient, text }: OutgoingMessage,
): WebhookRequest {
  return posted(`${withoutSlash(url)}/messages/v1/send`, {
    messages: [{
      channel: "sms",
      originator: from,
      recipients: [recipient],
      content: text,
      msg_type: "text",
      data_coding: "auto",
    }],
  }, token);
}

function posted(url: string, body: unknown, token?: string): WebhookRequest {
  return {
    url,
    headers: {
      "Content-Type": "application/json",
      "Accept": "application/json",
      ...bearer(token),
    },
    body: JSON.stringify(body),
  };
}

/** The header that proves who asks. */
export function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { "Authorization": `Bearer ${token}` };
}

/** An address to which a path is appended. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function withinLength(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // No half of a character that takes two units, and no escape without what it escapes.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF\\]$/, "")}…`;
}

function withinBytes(text: string, bytesMax: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= bytesMax) return text;
  const ellipsisBytes = 3;
  // What was cut in the middle of a character decodes to a replacement.
  const start = new TextDecoder().decode(bytes.subarray(0, bytesMax - ellipsisBytes));
  return `${start.replace(/\uFFFD$/, "")}…`;
}
