/** Slack: https://api.slack.com/messaging/webhooks */

import { required } from "../../core/config/needs.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { posted, withinLength } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

/** https://api.slack.com/reference/surfaces/formatting: Slack cuts longer texts. */
const LENGTH_MAX = 40_000;

export const slack = httpReceiver({
  kind: "slack",
  title: "Slack",
  urlKey: "url",
  needs: { url: required(parseWebhookUrl) },
  request({ url }, { text }) {
    // Slack needs escapes for three characters.
    const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    return posted(url, { text: withinLength(escaped, LENGTH_MAX), mrkdwn: false });
  },
  // The secret is part of the address.
  advice: usualAdvice({ credentials: "[$] url", address: "[$] url" }),
});
