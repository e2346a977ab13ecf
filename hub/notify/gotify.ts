/** Gotify, a push server of one's own: https://gotify.net/api-docs */

import type { Severity } from "../../core/alerting/message/headline.ts";
import { defaulted, required } from "../../core/config/needs.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { parseSecret, wholeNumberBetween } from "../../core/text/parser.ts";
import { posted, withinLength, withoutSlash } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

/** Its app shows what is 8 or more at once, and with a sound what is 4 or more. */
const PRIORITY = "8";
const PRIORITY_MAX = 10;
/** Of whatever is no death. */
const CALM_PRIORITY = 5;
/** Nothing that we send is near it. */
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
    // It asks for no token.
    isOpen: true,
    request: ({ url }) => ({ url: `${withoutSlash(url)}/health`, headers: {} }),
  },
});

function priorityOf(severity: Severity, priority: number): number {
  return severity === "critical" ? priority : Math.min(priority, CALM_PRIORITY);
}

/** A node's name is no Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_~[\]<>#|&!]/g, "\\$&");
}
