/** The state of a message that Twilio accepted, and of the account. */

import type { DeliveryStatus, Reach } from "../channel/channel.ts";
import { type Answer, deferralOf, deliveryOf, parsed } from "./answer.ts";
import { errorWords, isBlockingCode, SUSPENDED, withCode } from "./errors.ts";

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

/** The state in a message resource. A server without such a resource never reports one. */
export function statusOf(answer: Answer, recipient: string): DeliveryStatus {
  if (isNoAnswer(answer)) return deferralOf(answer);
  if (answer.status !== 200) return { kind: "unknown" };
  const { status, error_code: code, error_message: message } = parsed(answer.body);
  if (ON_THEIR_WAY.has(status)) return { kind: "waiting" };
  if (ARRIVED.has(status)) return { kind: "delivered" };
  // The answer is incomplete or from another server, so the next one may be usable.
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

/** Whether the account resource says that Twilio accepts messages of this account. */
export function reachOf(answer: Answer): Reach {
  if (isNoAnswer(answer) || answer.status < 200) return deferralOf(answer);
  if (answer.status === 401 || answer.status === 403) {
    const delivery = deliveryOf(answer, "");
    return "why" in delivery ? { kind: "refused", why: delivery.why } : { kind: "reached" };
  }
  // The server may have messages but no accounts.
  if (answer.status !== 200) return { kind: "reached" };
  const { sid, status } = parsed(answer.body);
  if (sid === undefined) return deferralOf(answer);
  if (status === "suspended" || status === "closed") return { kind: "refused", why: SUSPENDED };
  return { kind: "reached" };
}

/** Whether the answer says nothing about the resource, so the hub asks again. */
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
