/** Pushover: https://pushover.net/api */

import { defaulted, optional, required } from "../../core/config/needs.ts";
import { parseApiUrl } from "../../core/config/values.ts";
import {
  bad,
  durationBetween,
  good,
  parseBoolean,
  type Parsed,
  type Parser,
} from "../../core/text/parser.ts";
import type { MessageFacts } from "./channel/channel.ts";
import { jsonOf } from "./http/reason.ts";
import { posted, withinLength } from "./http/request.ts";
import { httpReceiver } from "./http_channel.ts";

/** https://pushover.net/api#limits */
const LENGTH_MAX = 1024;
const TITLE_LENGTH_MAX = 250;
/** https://pushover.net/api#priority */
const RETRY_MS_MIN = 30_000;
const EXPIRE_MS_MAX = 10_800_000;

const NORMAL = 0;
const HIGH = 1;
const EMERGENCY = 2;

/** The receipt of an emergency; other messages have none. */
const RECEIPT_PATTERN = /^[A-Za-z0-9]{30}$/;

export const pushover = httpReceiver({
  kind: "pushover",
  title: "Pushover",
  urlKey: "api_url",
  needs: {
    token: required(keyOf("an application's token")),
    user: required(keyOf("the key of a user or a group")),
    device: optional(parseDevices),
    emergency: defaulted(parseBoolean, "no"),
    retry: defaulted(durationBetween(RETRY_MS_MIN, EXPIRE_MS_MAX), "1m"),
    expire: defaulted(durationBetween(RETRY_MS_MIN, EXPIRE_MS_MAX), "1h"),
    api_url: defaulted(parseApiUrl, "https://api.pushover.net"),
  },
  request({ api_url, token, user, device, emergency, retry, expire }, { text, about, link }) {
    const priority = priorityOf(about, emergency);
    return posted(`${api_url}/1/messages.json`, {
      token,
      user,
      ...(device === undefined ? {} : { device }),
      title: withinLength(about?.title ?? "RPi Cluster Alert", TITLE_LENGTH_MAX),
      message: withinLength(text, LENGTH_MAX),
      priority,
      ...(priority === EMERGENCY ? { retry: retry / 1000, expire: expire / 1000 } : {}),
      ...(link === undefined ? {} : { url: link, url_title: "Open the page" }),
    });
  },
  reference: ({ receipt, request }) => receipt ?? request,
  blockage({ status, body }) {
    const json = jsonOf(body);
    if (json?.["token"] === "invalid") {
      const why = `Pushover knows no such application (${status}); check [$] token`;
      return { code: "credentials", why };
    }
    if (json?.["user"] === "invalid") {
      const why =
        `Pushover knows no such user, group or device (${status}); check [$] user and device`;
      return { code: "recipient", why };
    }
    if (status !== 429) return undefined;
    const why = "Pushover's monthly limit is used up (429): buy more, or wait for the next month";
    return { code: "limit", why };
  },
  advice: (status) => status === 404 ? "[$] api_url" : undefined,
  probe: {
    request: ({ api_url, token, user, device }) =>
      posted(`${api_url}/1/users/validate.json`, {
        token,
        user,
        ...(device === undefined ? {} : { device }),
      }),
  },
  status: {
    saysAcknowledged: true,
    request({ api_url, token }, reference) {
      if (!RECEIPT_PATTERN.test(reference)) return undefined;
      const query = new URLSearchParams({ token });
      return { url: `${api_url}/1/receipts/${reference}.json?${query}`, headers: {} };
    },
    meaning({ body }) {
      const json = jsonOf(body);
      if (json?.["acknowledged"] === 1) return { kind: "delivered", isAcknowledged: true };
      if (Number(json?.["last_delivered_at"]) > 0) return { kind: "delivered" };
      if (json?.["expired"] !== 1) return { kind: "waiting" };
      return { kind: "failed", why: "no device of the Pushover user took the message in time" };
    },
  },
});

function priorityOf(about: MessageFacts | undefined, emergency: boolean): number {
  const severity = about?.severity ?? "critical";
  if (severity !== "critical") return NORMAL;
  return emergency ? EMERGENCY : HIGH;
}

/** 30 letters and digits. An error does not show the value, because it works like a password. */
function keyOf(what: string): Parser<string> {
  return (text) =>
    RECEIPT_PATTERN.test(text)
      ? good(text)
      : bad(`${what}: 30 letters and digits`, "something else");
}

function parseDevices(text: string): Parsed<string> {
  const names = text.split(",").map((name) => name.trim());
  return names.every((name) => /^[A-Za-z0-9_-]{1,25}$/.test(name))
    ? good(names.join(","))
    : bad("names of devices, separated by commas");
}
