/** Looks in Twilio's list of messages for one that was perhaps sent before. */

import type { Finding, OutgoingMessage } from "../channel/channel.ts";
import { type Answer, deferralOf } from "./answer.ts";

/** The number of the newest messages to a recipient that are searched. */
export const LIST_SIZE = 50;
/** The maximum difference between the hub's clock and Twilio's. */
const CLOCK_SLACK_MS = 5 * 60_000;
/** The prefix that Twilio adds to each text of a trial account. */
const TRIAL_PREFIX = "Sent from your Twilio trial account - ";
/** States of messages that never reached a phone. https://www.twilio.com/docs/messaging/api/message-resource */
const FAILED: ReadonlySet<unknown> = new Set(["failed", "undelivered", "canceled"]);

/**
 * Whether `message` is in the list in `answer`. If the API key may not read, or the server has no
 * lists, the message counts as absent: a duplicate is better than a loss.
 */
export function findingOf(
  answer: Answer,
  message: OutgoingMessage & { readonly createdAtMs: number },
): Finding {
  const { status } = answer;
  if (status === 408 || status === 429 || (status >= 500 && status !== 501)) {
    return deferralOf(answer);
  }
  if (status !== 200) return { kind: "absent" };
  // An incomplete list is requested again. Another kind of answer will not become a list.
  if (answer.body === undefined) {
    return { kind: "deferred", why: "Twilio's list of messages could not be read to its end" };
  }
  const found = messagesIn(answer.body).find((listed) => isSame(listed, message));
  if (found === undefined) return { kind: "absent" };
  return { kind: "accepted", reference: typeof found.sid === "string" ? found.sid : "" };
}

type Listed = Readonly<Record<string, unknown>>;

function messagesIn(body: string): readonly Listed[] {
  try {
    const list: unknown = JSON.parse(body);
    if (typeof list !== "object" || list === null || !("messages" in list)) return [];
    const { messages } = list;
    return Array.isArray(messages) ? messages.filter((one) => typeof one === "object" && one) : [];
  } catch {
    return [];
  }
}

function isSame(
  { to, body, status, date_created: createdAt }: Listed,
  message: OutgoingMessage & { readonly createdAtMs: number },
): boolean {
  if (to !== message.recipient || FAILED.has(status)) return false;
  if (body !== message.text && body !== TRIAL_PREFIX + message.text) return false;
  // RFC 2822, in whole seconds.
  const createdAtMs = typeof createdAt === "string" ? Date.parse(createdAt) : NaN;
  return createdAtMs >= message.createdAtMs - CLOCK_SLACK_MS;
}
