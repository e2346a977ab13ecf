/** What Twilio says of a message that it took, and of the account. */

import type { DeliveryStatus, Reach } from "./channel.ts";
import { type Answer, deferralOf, deliveryOf, parsed } from "./twilio_answer.ts";
import { errorWords, isBlockingCode, SUSPENDED, withCode } from "./twilio_errors.ts";

/** https://www.twilio.com/docs/messaging/api/message-resource */
const ON_THEIR_WAY: ReadonlySet<unknown> = new Set([
  "accepted",
  "scheduled",
  "queued",
  "sending",
  "sent",
]);
const ARRIVED: ReadonlySet<unknown> = new Set(["delivered", "read"]);
const FAILED: ReadonlySet<unknown> = new Set(["undelivered", "failed", "canceled"]);

/** What the message resource says. A server that has none, or does not show it, will never say. */
export function statusOf(answer: Answer, recipient: string): DeliveryStatus {
  if (isNoAnswer(answer)) return deferralOf(answer);
  if (answer.status !== 200) return { kind: "unknown" };
  const { status, error_code: code, error_message: message } = parsed(answer.body);
  if (ON_THEIR_WAY.has(status)) return { kind: "waiting" };
  if (ARRIVED.has(status)) return { kind: "delivered" };
  // What breaks off, or is of somebody else, may be better the next time.
  if (!FAILED.has(status)) return deferralOf(answer);
  if (typeof code === "number") {
    const words = errorWords(code, recipient) ?? plainWords(message) ?? undelivered(status);
    return {
      kind: "failed",
      why: withCode(words, code),
      ...(isBlockingCode(code) ? { isBlocked: true } : {}),
    };
  }
  return { kind: "failed", why: plainWords(message) ?? undelivered(status) };
}

/** What the account resource says: whether Twilio is there, and takes messages of this account. */
export function reachOf(answer: Answer): Reach {
  if (isNoAnswer(answer) || answer.status < 200) return deferralOf(answer);
  if (answer.status === 401 || answer.status === 403) {
    const delivery = deliveryOf(answer, "");
    return "why" in delivery ? { kind: "refused", why: delivery.why } : { kind: "reached" };
  }
  // A server that speaks only of messages is as good.
  if (answer.status !== 200) return { kind: "reached" };
  const { sid, status } = parsed(answer.body);
  if (sid === undefined) return deferralOf(answer);
  if (status === "suspended" || status === "closed") return { kind: "refused", why: SUSPENDED };
  return { kind: "reached" };
}

/** Nobody who could know has answered: ask again. */
function isNoAnswer({ status }: Answer): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501) ||
    (status >= 300 && status < 400);
}

function undelivered(status: unknown): string {
  return status === "canceled"
    ? "the message was cancelled at Twilio"
    : "Twilio could not deliver the message";
}

function plainWords(message: unknown): string | undefined {
  return typeof message === "string" && message !== "" ? message.replace(/\.$/, "") : undefined;
}
