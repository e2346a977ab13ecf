/** Gotify, a self-hosted push server: https://gotify.net/api-docs */

import type { Severity } from "../../core/alerting/message/headline.ts";
import { defaulted, required } from "../../core/config/needs.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { parseSecret, wholeNumberBetween } from "../../core/text/parser.ts";
import { posted, withinLength, withoutSlash } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

/** The app shows priorities from 8 at once, and plays a sound from 4. */
const PRIORITY = "8";
const PRIORITY_MAX = 10;
/** The priority of messages without a death. */
const CALM_PRIORITY = 5;
/** Our messages are much shorter. */
const LENGTH_MAX = 10_000;

export const gotify = httpReceiver({
  kind: "gotify",
  title: "Gotify",
  urlKey: "url",
  needs: {
    url: required(parseWebhookUrl),
    token: required(parseSecret),
    priority: defaulted(wholeNumberBetween(1, PRIORITY_MAX), PRIORITY),
  },
  request({ url, token, priority }, { text, about, link }) {
    const plain = withinLength(text, LENGTH_MAX);
    const page = link === undefined ? {} : {
      message: `${escaped(plain)}\n\n[Open the page](<${link}>)`,
      extras: {
        "client::display": { contentType: "text/markdown" },
        "client::notification": { click: { url: link } },
      },
    };
    const body = {
      title: about?.title ?? "RPi Cluster Alert",
      message: plain,
      priority: priorityOf(about?.severity ?? "critical", priority),
      ...page,
    };
    return posted(`${withoutSlash(url)}/message`, body, { "X-Gotify-Key": token });
  },
  reference: ({ id }) => id,
  advice: usualAdvice({ credentials: "[$] token", address: "[$] url" }),
  probe: {
    // This path needs no token.
    isOpen: true,
    request: ({ url }) => ({ url: `${withoutSlash(url)}/health`, headers: {} }),
  },
});

function priorityOf(severity: Severity, priority: number): number {
  return severity === "critical" ? priority : Math.min(priority, CALM_PRIORITY);
}

/** Escapes Markdown in names of nodes. */
function escaped(text: string): string {
  return text.replace(/[\\`*_~[\]<>#|&!]/g, "\\$&");
}
