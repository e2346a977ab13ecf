/** What Twilio's answer means for a message. */

import type { Deferral, Delivery } from "../../../core/alerting/retry.ts";
import { type HttpAnswer, retryAfterMsFrom } from "../http/answer.ts";
import { ACCOUNT, CREDENTIALS, errorWords, isBlockingCode, withCode } from "./errors.ts";

/** An answer of the server. */
export type Answer = HttpAnswer;

/** An error as Twilio's API describes it. */
interface TwilioError {
  readonly code: number | undefined;
  readonly message: string | undefined;
}

/** The result of sending a message to `recipient`. */
export function deliveryOf(answer: Answer, recipient: string): Delivery {
  const { status } = answer;
  const json = parsed(answer.body);
  const sid = typeof json.sid === "string" ? json.sid.slice(0, 64) : undefined;
  if (status === 201) return { kind: "accepted", reference: sid ?? "" };
  // Twilio answers 201 to a new message. Another success without a message's sid comes from
  // somebody else, e.g. a captive portal.
  if (status >= 200 && status < 300 && sid !== undefined) {
    return { kind: "accepted", reference: sid };
  }
  const error = errorFrom(json);
  if (isBlocked(status, error)) {
    const why = refusalText(status, error, recipient);
    return { kind: "deferred", why, isUncertain: false, isBlocked: true };
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return { kind: "refused", why: refusalText(status, error, recipient) };
  }
  // A server that fails, or answers in an unknown way, may still have accepted the message.
  const isUncertain = status >= 500 || status < 300;
  return { ...deferralOf(answer), isUncertain };
}

/** The meaning of an answer that neither accepts nor refuses. */
export function deferralOf(answer: Answer): Deferral {
  const why = deferralText(answer.status, errorFrom(parsed(answer.body)));
  const retryAfterMs = retryAfterMsFrom(answer);
  return {
    kind: "deferred",
    why,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(answer.status === 429 ? { isBusy: true } : {}),
  };
}

/** Whether every message would get this answer. Some lasting limits come with 429. */
function isBlocked(status: number, { code }: TwilioError): boolean {
  if (status < 400 || status >= 500) return false;
  return code === undefined ? status === 401 || status === 404 : isBlockingCode(code);
}

/** The fields of an answer in JSON; none if it is not a JSON object. */
export function parsed(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body ?? "");
    return typeof json === "object" && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

function errorFrom(json: Readonly<Record<string, unknown>>): TwilioError {
  const { code, message } = json;
  return {
    code: typeof code === "number" ? code : undefined,
    message: typeof message === "string" && message !== "" ? message : undefined,
  };
}

function deferralText(status: number, error: TwilioError): string {
  if (status === 429) return withCode("Twilio asks to send less often", error.code ?? 429);
  if (status === 408) return "Twilio waited too long for the request (408)";
  if (status >= 500) return `Twilio has a fault of its own (${status})`;
  return `the server at sms.api_url did not answer as Twilio does (${status})`;
}

/** Why Twilio refuses, and what to do about it. */
function refusalText(status: number, error: TwilioError, recipient: string): string {
  const words = error.code === undefined ? undefined : errorWords(error.code, recipient);
  if (words !== undefined) return withCode(words, error.code);
  if (error.message !== undefined) {
    return withCode(`Twilio refused: ${error.message.replace(/\.$/, "")}`, error.code ?? status);
  }
  if (status === 401) return withCode(CREDENTIALS, status);
  if (status === 404) return withCode(ACCOUNT, status);
  return withCode("Twilio refused the message", status);
}
