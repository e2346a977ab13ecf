/** The user's own webhook. */

import { optional, required } from "../../core/config/needs.ts";
import { parseAnyRecipients } from "../../core/config/value/people.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { parseSecret } from "../../core/text/parser.ts";
import { bearer, posted } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

const KIND = "json";

export const json = httpReceiver({
  kind: KIND,
  title: "the webhook",
  urlKey: "url",
  mayAnswerWithPage: true,
  needs: {
    url: required(parseWebhookUrl),
    token: optional(parseSecret),
    to: optional(parseAnyRecipients),
  },
  request({ url, token }, { recipient, text }, sentAtMs) {
    return posted(url, {
      text,
      // Without recipients the receiver itself knows whom to notify.
      recipient: recipient === KIND ? null : recipient,
      sent_at: new Date(sentAtMs).toISOString(),
    }, bearer(token));
  },
  reference: ({ request_id, id }) => request_id ?? id,
  advice: usualAdvice({ credentials: "[$] token", address: "[$] url" }),
});
