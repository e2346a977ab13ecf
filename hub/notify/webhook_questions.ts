/** What receivers can be asked without sending anything, and what their answers mean. */

import type { DeliveryStatus, Reach } from "./channel.ts";
import type { HttpAnswer } from "./http_answer.ts";
import { deferralOf, isDeferral, refusalText } from "./webhook_answer.ts";
import { bearer, type WebhookSettings, withoutSlash } from "./webhook_presets.ts";
import { type Cleaner, isObject, isPage, jsonOf } from "./webhook_reason.ts";

/** A GET, ready to go. */
export interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What shows whether messages would be taken; `undefined` where nothing but a message does. */
export function probeOf({ preset, url, token }: WebhookSettings): Question | undefined {
  switch (preset) {
    case "json":
    case "slack":
      return undefined;
    case "ntfy": {
      // It shows that the server is there; whether the topic may be written to it does not say.
      const { origin, pathname } = new URL(url);
      return { url: `${origin}${pathname.replace(/[^/]*$/, "")}v1/health`, headers: {} };
    }
    case "discord":
      // https://discord.com/developers/docs/resources/webhook#get-webhook-with-token
      return { url: url.replace(/\?.*$/s, ""), headers: {} };
    case "telegram":
      // https://core.telegram.org/bots/api#getme
      return { url: `${withoutSlash(url)}/bot${token ?? ""}/getMe`, headers: {} };
    case "d7":
      return { url: `${withoutSlash(url)}/messages/v1/balance`, headers: bearer(token) };
  }
}

/** What a probe shows. */
export function reachOf(answer: HttpAnswer, settings: WebhookSettings, cleaner: Cleaner): Reach {
  const { status, body } = answer;
  const { preset } = settings;
  const isTaken = status >= 200 && status < 300;
  if (isDeferral(status) || (isTaken && isPage(body ?? ""))) return deferralOf(answer, preset);
  // An ntfy that is too old for the question is there all the same.
  if (isTaken || preset === "ntfy") return { kind: "reached" };
  return { kind: "refused", why: refusalText(answer, { what: "every message", preset, cleaner }) };
}

/** Asks what became of a message; `undefined` where the receiver never says. */
export function statusQuestionOf(
  { preset, url, token }: WebhookSettings,
  reference: string,
): Question | undefined {
  if (preset !== "d7") return undefined;
  // https://d7networks.com/docs/SMS/Get-Status/
  const path = `/report/v1/message-log/${encodeURIComponent(reference)}`;
  return { url: withoutSlash(url) + path, headers: bearer(token) };
}

/** What became of a message that D7 Networks took, by its log. */
export function statusOf(answer: HttpAnswer): DeliveryStatus {
  const { status, body } = answer;
  if (isDeferral(status)) return deferralOf(answer, "d7");
  // It is not in the log yet.
  if (status === 404) return { kind: "waiting" };
  if (status >= 400) return { kind: "unknown" };
  const messages = jsonOf(body)?.["messages"];
  const [first]: readonly unknown[] = Array.isArray(messages) ? messages : [];
  const word = isObject(first) ? first["status"] : undefined;
  return typeof word === "string" ? statusFrom(word) : { kind: "waiting" };
}

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
