/** What a receiver's answer means for a message. */

import type { Deferral, Delivery } from "../../core/alerting/retry.ts";
import type { WebhookPreset } from "../../core/config/settings.ts";
import { type HttpAnswer, retryAfterMsFrom } from "./http_answer.ts";
import { limitText } from "./webhook_limits.ts";
import { type Cleaner, isObject, isPage, jsonOf, reasonIn } from "./webhook_reason.ts";

/** What people call a receiver. */
const RECEIVER_NAMES: Readonly<Record<WebhookPreset, string>> = {
  json: "the webhook",
  ntfy: "ntfy",
  slack: "Slack",
  discord: "Discord",
  telegram: "Telegram",
  d7: "D7 Networks",
};

const REFERENCE_LENGTH_MAX = 64;

/** The receiver as it stands in a sentence. */
export function receiverName(preset: WebhookPreset): string {
  return RECEIVER_NAMES[preset];
}

/** What became of a message. */
export function deliveryOf(
  answer: HttpAnswer,
  preset: WebhookPreset,
  cleaner: Cleaner,
): Delivery {
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    // Any webhook may answer with a page, but of the others a page is somebody else's.
    if (preset === "json" || body === undefined || !isPage(body)) {
      return { kind: "accepted", reference: referenceIn(body) };
    }
    return deferral("a web page answered in place of $: check [webhook] url, and the network", {
      answer,
      preset,
      isUncertain: true,
    });
  }
  const limit = limitText(answer, preset);
  if (limit !== undefined) return { kind: "deferred", why: limit, isBlocked: true };
  if (isDeferral(status)) return deferralOf(answer, preset);
  const why = refusalText(answer, { what: "the message", preset, cleaner });
  return isBlocking(status, preset)
    ? { kind: "deferred", why, isBlocked: true }
    : { kind: "refused", why };
}

/** Whether a refusal is about the address, the credential or the account, and not about the message. */
function isBlocking(status: number, preset: WebhookPreset): boolean {
  // Telegram refuses a single chat by 403.
  return [401, 402, 404, 410].includes(status) || (status === 403 && preset !== "telegram");
}

/** Whether a status means neither yes nor no. */
export function isDeferral(status: number): boolean {
  return status < 200 || (status >= 300 && status < 400) || status >= 500 ||
    [408, 425, 429].includes(status);
}

/** What an answer means that is neither a yes nor a no. */
export function deferralOf(answer: HttpAnswer, preset: WebhookPreset): Deferral {
  const { status } = answer;
  const options = { answer, preset };
  if (status === 429) return deferral("$ asks to send less often", { ...options, isBusy: true });
  if (status === 408) return deferral("$ waited too long for the request", options);
  if (status === 425) return deferral("$ asks to try again", { ...options, isBusy: true });
  // Who fails while he answers may have taken it all the same.
  if (status >= 500) return deferral("$ has a fault of its own", { ...options, isUncertain: true });
  if (status >= 300 && status < 400) {
    return deferral("the server wants to redirect, which is not followed: check [webhook] url", {
      ...options,
    });
  }
  return deferral("the server at [webhook] url does not answer as $ does", options);
}

function deferral(
  words: string,
  { answer, preset, ...flags }: {
    readonly answer: HttpAnswer;
    readonly preset: WebhookPreset;
    readonly isUncertain?: boolean;
    readonly isBusy?: boolean;
  },
): Deferral {
  const retryAfterMs = retryAfterMsOf(answer);
  return {
    kind: "deferred",
    why: `${words.replace("$", receiverName(preset))} (${answer.status})`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...flags,
  };
}

/** Discord and Telegram say it more precisely in their JSON, in seconds. */
function retryAfterMsOf(answer: HttpAnswer): number | undefined {
  const json = jsonOf(answer.body);
  const parameters = json?.["parameters"];
  const seconds = json?.["retry_after"] ??
    (isObject(parameters) ? parameters["retry_after"] : undefined);
  if (typeof seconds === "number" && seconds >= 0) return Math.ceil(seconds * 1000);
  return retryAfterMsFrom(answer);
}

/** Why the receiver says no to `what`, and what to do about it. */
export function refusalText(
  { status, body }: HttpAnswer,
  { what, preset, cleaner }: {
    readonly what: string;
    readonly preset: WebhookPreset;
    readonly cleaner: Cleaner;
  },
): string {
  const words = `${receiverName(preset)} refused ${what}`;
  const reason = reasonIn(body);
  const said = reason === undefined ? words : `${words}: ${cleaner.clean(reason)}`;
  const advice = adviceFor(status, preset);
  return `${said} (${status})${advice === undefined ? "" : `; check ${advice}`}`;
}

/** Which keys of `[webhook]` to look at. */
function adviceFor(status: number, preset: WebhookPreset): string | undefined {
  const hasToken = preset !== "slack" && preset !== "discord";
  switch (status) {
    case 401:
      return hasToken ? "[webhook] token" : "[webhook] url";
    case 403:
      // A bot may not write to whom has not written to it, or has blocked it.
      if (preset === "telegram") return "that this chat has started the bot, and [webhook] to";
      return hasToken ? "[webhook] token" : "[webhook] url";
    case 404:
    case 410:
      // The token is part of the address.
      return preset === "telegram" ? "[webhook] token" : "[webhook] url";
    case 400:
      return preset === "telegram" || preset === "d7" ? "[webhook] to" : undefined;
    default:
      return undefined;
  }
}

/** The id that the receiver gave the message: `result.message_id` is Telegram's, `request_id` D7's. */
function referenceIn(body: string | undefined): string {
  const json = jsonOf(body);
  const result = json?.["result"];
  const candidates = [
    json?.["request_id"],
    json?.["id"],
    isObject(result) ? result["message_id"] : undefined,
  ];
  const id = candidates.find((one) => typeof one === "string" || typeof one === "number");
  return id === undefined ? "" : `${id}`.slice(0, REFERENCE_LENGTH_MAX);
}
