/** Telegram: https://core.telegram.org/bots/api */

import { defaulted, required } from "../../core/config/needs.ts";
import { parseBotToken, parseChats } from "../../core/config/value/people.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { isObject } from "./http/reason.ts";
import { posted, withinLength, withoutSlash } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";

/** https://core.telegram.org/bots/api#sendmessage */
const LENGTH_MAX = 4096;

export const telegram = httpReceiver({
  kind: "telegram",
  title: "Telegram",
  urlKey: "url",
  needs: {
    url: defaulted(parseWebhookUrl, "https://api.telegram.org"),
    token: required(parseBotToken),
    to: required(parseChats),
  },
  request({ url, token }, { recipient, text }) {
    return posted(`${withoutSlash(url)}/bot${token}/sendMessage`, {
      chat_id: recipient,
      text: withinLength(text, LENGTH_MAX),
      link_preview_options: { is_disabled: true },
    });
  },
  reference: ({ result }) => isObject(result) ? result["message_id"] : undefined,
  // Status 403 refuses a single chat.
  isBlocking: (status) => [401, 402, 404, 410].includes(status),
  advice(status) {
    switch (status) {
      case 400:
        return "[$] to";
      case 403:
        // A bot cannot write to a person who never wrote to it, or blocked it.
        return "that this chat has started the bot, and [$] to";
      // The token is part of the address.
      case 401:
      case 404:
      case 410:
        return "[$] token";
      default:
        return undefined;
    }
  },
  probe: {
    // https://core.telegram.org/bots/api#getme
    request: ({ url, token }) => ({ url: `${withoutSlash(url)}/bot${token}/getMe`, headers: {} }),
  },
});
