/** ntfy: https://docs.ntfy.sh/publish/ */

import { optional, required } from "../../core/config/needs.ts";
import { parseWebhookUrl } from "../../core/config/values.ts";
import { bad, type Parsed, parseSecret } from "../../core/text/parser.ts";
import { jsonOf } from "./http/reason.ts";
import { bearer, withinBytes } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";
import { usualAdvice } from "./channel/receiver.ts";

const TITLE = "RPi Cluster Alert";
/** https://docs.ntfy.sh/publish/#limitations: what is longer becomes an attachment. */
const BYTES_MAX = 4096;

const TOPIC_URL_PATTERN = /^https?:\/\/[^/?]+\/(?:[^?]*\/)?[A-Za-z0-9_-]{1,64}(?:\?|$)/i;

/**
 * Limits that last longer than minutes although their status is 429, by ntfy's own codes:
 * https://github.com/binwiederhier/ntfy/blob/main/server/errors.go
 */
const LIMITS: ReadonlyMap<unknown, string> = new Map([
  [42904, "ntfy has no room for another topic: ask the owner of the server (42904)"],
  [
    42908,
    "ntfy's daily limit is used up: wait up to 24 h, or use an account with a higher one (42908)",
  ],
]);

export const ntfy = httpReceiver({
  kind: "ntfy",
  title: "ntfy",
  urlKey: "url",
  needs: { url: required(parseTopicUrl), token: optional(parseSecret) },
  request({ url, token }, { text }) {
    return {
      url,
      headers: {
        "Content-Type": "text/plain; charset=utf-8",
        "Title": TITLE,
        "Priority": "high",
        ...bearer(token),
      },
      body: withinBytes(text, BYTES_MAX),
    };
  },
  reference: ({ id }) => id,
  blockage({ body }) {
    const why = LIMITS.get(jsonOf(body)?.["code"]);
    return why === undefined ? undefined : { code: "limit", why };
  },
  advice: usualAdvice({ credentials: "[$] token", address: "[$] url" }),
  probe: {
    // This shows that the server is reachable, but not that the topic may be written to.
    isOpen: true,
    request({ url }) {
      const { origin, pathname } = new URL(url);
      return { url: `${origin}${pathname.replace(/[^/]*$/, "")}v1/health`, headers: {} };
    },
  },
});

function parseTopicUrl(text: string): Parsed<string> {
  const url = parseWebhookUrl(text);
  if (!url.ok || TOPIC_URL_PATTERN.test(text)) return url;
  return bad("the topic at the end of ntfy's address", "none");
}
