/** SMS by D7 Networks: https://d7networks.com/docs/SMS/Send-SMS/ */

import { defaulted, required } from "../../core/config/needs.ts";
import { parseRecipients, parseSender } from "../../core/config/value/people.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { parseSecret } from "../../core/text/parser.ts";
import type { DeliveryStatus } from "./channel/channel.ts";
import { isObject, jsonOf } from "./http/reason.ts";
import { bearer, posted, withoutSlash } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

const keyOf = usualAdvice({ credentials: "[$] token", address: "[$] url" });

export const d7 = httpReceiver({
  kind: "d7",
  title: "D7 Networks",
  isPaid: true,
  urlKey: "url",
  needs: {
    url: defaulted(parseWebhookUrl, "https://api.d7networks.com"),
    token: required(parseSecret),
    to: required(parseRecipients),
    from: required(parseSender),
  },
  request({ url, token, from }, { recipient, text }) {
    return posted(`${withoutSlash(url)}/messages/v1/send`, {
      messages: [{
        channel: "sms",
        originator: from,
        recipients: [recipient],
        content: text,
        msg_type: "text",
        data_coding: "auto",
      }],
    }, bearer(token));
  },
  reference: ({ request_id }) => request_id,
  advice: (status) => status === 400 ? "[$] to" : keyOf(status),
  probe: {
    request: ({ url, token }) => ({
      url: `${withoutSlash(url)}/messages/v1/balance`,
      headers: bearer(token),
    }),
  },
  status: {
    // https://d7networks.com/docs/SMS/Get-Status/
    request({ url, token }, reference) {
      const path = `/report/v1/message-log/${encodeURIComponent(reference)}`;
      return { url: withoutSlash(url) + path, headers: bearer(token) };
    },
    meaning({ body }) {
      const messages = jsonOf(body)?.["messages"];
      const [first]: readonly unknown[] = Array.isArray(messages) ? messages : [];
      const word = isObject(first) ? first["status"] : undefined;
      return typeof word === "string" ? statusFrom(word) : { kind: "waiting" };
    },
  },
});

function statusFrom(word: string): DeliveryStatus {
  switch (word) {
    case "delivered":
      return { kind: "delivered" };
    case "un_delivered":
      return { kind: "failed", why: "D7 Networks could not deliver the SMS (un_delivered)" };
    case "not_reachable":
      return { kind: "failed", why: "D7 Networks could not reach the phone (not_reachable)" };
    case "spam_content":
      return { kind: "failed", why: "D7 Networks took the SMS for spam (spam_content)" };
    case "insufficient_credit":
      return {
        kind: "failed",
        why: "the account at D7 Networks has not enough credit (insufficient_credit)",
        isBlocked: true,
      };
    default:
      return { kind: "waiting" };
  }
}
