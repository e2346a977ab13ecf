/** Gotify and Pushover as their servers behave: they check what they are sent, and say no like them. */

import type { ChannelValues } from "../../../core/config/needs.ts";
import type { Channel } from "../../../hub/notify/channel/channel.ts";
import { gotify } from "../../../hub/notify/gotify.ts";
import { pushover } from "../../../hub/notify/pushover.ts";
import type { Respond } from "./webhook_double.ts";

/** They must be in no word that people read. */
export const GOTIFY_TOKEN = "A.s3cret-gotify";
export const PUSHOVER_TOKEN = "aS3cretApplication000000000000";
export const PUSHOVER_USER = "uS3cretUser0000000000000000000";
export const RECEIPT = "rReceipt0000000000000000000000";

type Json = Readonly<Record<string, unknown>>;

/** Gotify 2: `messages` are those that it shows. */
export function gotifyServer(messages: Json[]): Respond {
  return ({ method, path, headers, body }) => {
    const fail = (status: number, error: string, errorDescription: string) => {
      return { status, json: { error, errorCode: status, errorDescription } };
    };
    if (path === "/health") return { status: 200, json: { health: "green", database: "green" } };
    if (method !== "POST" || path !== "/message") {
      return fail(404, "Not Found", "page not found");
    }
    if (headers.get("x-gotify-key") !== GOTIFY_TOKEN) {
      return fail(401, "Unauthorized", "you need to provide a valid access token");
    }
    const message: Json = JSON.parse(body);
    if (typeof message["message"] !== "string" || message["message"] === "") {
      return fail(400, "Bad Request", "Field 'message' is required");
    }
    if (!Number.isInteger(message["priority"])) {
      return fail(400, "Bad Request", "cannot unmarshal priority");
    }
    messages.push(message);
    return { status: 200, json: { ...message, id: messages.length, appid: 1 } };
  };
}

/** What became of an emergency. */
export interface Receipt {
  acknowledged: 0 | 1;
  last_delivered_at: number;
  expired: 0 | 1;
}

/** Pushover: `messages` are those that it took, `receipt` is that of every emergency. */
export function pushoverServer(messages: Json[], receipt: Receipt): Respond {
  const request = "5042853c-402d-4a18-abcb-168734a801de";
  return ({ method, path, body }) => {
    const fail = (error: string, facts: Json = {}) => {
      return { status: 400, json: { ...facts, errors: [error], status: 0, request } };
    };
    const [place, query] = path.split("?");
    if (method === "GET" && place === `/1/receipts/${RECEIPT}.json`) {
      if (new URLSearchParams(query).get("token") !== PUSHOVER_TOKEN) return fail("no such token");
      return { status: 200, json: { status: 1, ...receipt, request } };
    }
    if (method !== "POST") return { status: 404, json: { status: 0, errors: ["not found"] } };
    const sent: Json = JSON.parse(body);
    if (sent["token"] !== PUSHOVER_TOKEN) {
      return fail("application token is invalid", { token: "invalid" });
    }
    if (sent["user"] !== PUSHOVER_USER) {
      return fail("user identifier is not a valid user, group, or subscribed user key", {
        user: "invalid",
      });
    }
    if (place === "/1/users/validate.json") {
      return { status: 200, json: { status: 1, devices: ["phone"], request } };
    }
    const text = sent["message"];
    if (typeof text !== "string" || text === "") return fail("message cannot be blank");
    if (text.length > 1024) return fail("message is too long");
    if (sent["priority"] !== 2) {
      messages.push(sent);
      return { status: 200, json: { status: 1, request } };
    }
    const { retry, expire } = sent;
    if (typeof retry !== "number" || retry < 30) return fail("retry must be at least 30 seconds");
    if (typeof expire !== "number" || expire > 10_800) return fail("expire is too long");
    messages.push(sent);
    return { status: 200, json: { status: 1, receipt: RECEIPT, request } };
  };
}

export interface PushOptions extends ChannelValues {
  readonly link?: string;
  readonly timeoutMs?: number;
}

/** `[channel push]` of the kind gotify. */
export function gotifyChannel(url: string, options: PushOptions = {}): Channel {
  const { link, timeoutMs, ...values } = options;
  return gotify.open({ url, token: GOTIFY_TOKEN, ...values }, placeOf({ link, timeoutMs }));
}

/** `[channel push]` of the kind pushover. */
export function pushoverChannel(url: string, options: PushOptions = {}): Channel {
  const { link, timeoutMs, ...values } = options;
  const keys = { api_url: url, token: PUSHOVER_TOKEN, user: PUSHOVER_USER };
  return pushover.open({ ...keys, ...values }, placeOf({ link, timeoutMs }));
}

function placeOf(
  { link, timeoutMs }: {
    readonly link: string | undefined;
    readonly timeoutMs: number | undefined;
  },
) {
  return {
    name: "push",
    section: "channel push",
    ...(link === undefined ? {} : { link }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
