/** Discord: https://discord.com/developers/docs/resources/webhook */

import { required } from "../../core/config/needs.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { posted, withinLength } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
const LENGTH_MAX = 2000;

export const discord = httpReceiver({
  kind: "discord",
  title: "Discord",
  urlKey: "url",
  needs: { url: required(parseWebhookUrl) },
  /** With `wait` Discord answers when the message is stored, and returns its id. */
  request({ url }, { text }) {
    const address = new URL(url);
    address.searchParams.set("wait", "true");
    return posted(address.href, {
      content: withinLength(text.replace(/[\\*_~`|>#[\]]/g, "\\$&"), LENGTH_MAX),
      // A node whose name begins with "@" mentions nobody.
      allowed_mentions: { parse: [] },
    });
  },
  reference: ({ id }) => id,
  // The secret is part of the address.
  advice: usualAdvice({ credentials: "[$] url", address: "[$] url" }),
  probe: {
    // https://discord.com/developers/docs/resources/webhook#get-webhook-with-token
    request: ({ url }) => ({ url: url.replace(/\?.*$/s, ""), headers: {} }),
  },
});
