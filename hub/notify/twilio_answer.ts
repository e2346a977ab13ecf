/** What Twilio's answer means for a message. */

import type { Delivery } from "../../core/retry.ts";

/**
 * What the server said. The status decides; the body, which may be missing though the status came,
 * only adds details. So a message that was `201 Created` is never sent twice because the body was slow.
 */
export interface Answer {
  readonly status: number;
  /** The header, unread. */
  readonly retryAfter: string | undefined;
  /** `undefined` when it could not be read to its end. */
  readonly body: string | undefined;
}

type Deferred = Extract<Delivery, { readonly kind: "deferred" }>;

/** An error as Twilio's API describes it. */
interface TwilioError {
  readonly code: number | undefined;
  readonly message: string | undefined;
}

/** What became of a message to `recipient`. */
export function deliveryOf(answer: Answer, recipient: string): Delivery {
  const { status } = answer;
  const json = parsed(answer.body);
  const sid = typeof json.sid === "string" ? json.sid.slice(0, 64) : undefined;
  if (status === 201) return { kind: "accepted", reference: sid ?? "" };
  // Twilio creates with 201; another success without a message's sid is somebody else's, e.g. the
  // page of a captive portal.
  if (status >= 200 && status < 300 && sid !== undefined) {
    return { kind: "accepted", reference: sid };
  }
  const error = errorFrom(json);
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return { kind: "refused", why: refusalText(status, error, recipient) };
  }
  // Who fails while he answers, or answers like nobody we know, may have taken it all the same.
  const isUncertain = status >= 500 || status < 300;
  return { ...deferralOf(answer), isUncertain };
}

/** What an answer means that is neither a yes nor a no. */
export function deferralOf(answer: Answer): Deferred {
  const why = deferralText(answer.status, errorFrom(parsed(answer.body)));
  const retryAfterMs = retryAfterMsFrom(answer.retryAfter);
  return retryAfterMs === undefined
    ? { kind: "deferred", why }
    : { kind: "deferred", why, retryAfterMs };
}

function parsed(body: string | undefined): Readonly<Record<string, unknown>> {
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

/** Why Twilio says no, and what to do about it. Codes: https://www.twilio.com/docs/api/errors */
function refusalText(status: number, error: TwilioError, recipient: string): string {
  const words = error.code === undefined ? undefined : refusalWords(error.code, recipient);
  if (words !== undefined) return withCode(words, error.code);
  if (error.message !== undefined) {
    return withCode(`Twilio refused: ${error.message.replace(/\.$/, "")}`, error.code ?? status);
  }
  if (status === 401) return withCode(CREDENTIALS, status);
  if (status === 404) return withCode(ACCOUNT, status);
  return withCode("Twilio refused the message", status);
}

const CREDENTIALS = "Twilio refused the credentials: check account_sid and auth_token";
const ACCOUNT = "Twilio knows no such account: check account_sid and api_url";

function refusalWords(code: number, recipient: string): string | undefined {
  switch (code) {
    case 20003:
      return CREDENTIALS;
    case 20404:
      return ACCOUNT;
    case 21211:
      return `${recipient} is not a valid phone number`;
    case 21265:
    case 21266:
      return `${recipient} cannot be both sender and recipient`;
    case 21408:
      return `this Twilio account may not send to the country of ${recipient}`;
    case 21602:
      return "the message has no text";
    case 21606:
    case 21659:
    case 21660:
      return "the number in sms.from is not one of this Twilio account that can send SMS";
    case 21608:
      return `this Twilio account is on trial: verify ${recipient} with Twilio first`;
    case 21610:
      return `${recipient} has unsubscribed by STOP: send START from that phone`;
    case 21612:
      return `Twilio has no route from this sender to ${recipient}`;
    case 21614:
      return `${recipient} is not a mobile number`;
    case 21617:
      return "the message is too long";
    case 21703:
      return "the messaging service has no number to send from";
    case 30034:
      return "the sender's number is not registered for messages to the USA (A2P 10DLC)";
    default:
      return undefined;
  }
}

function withCode(words: string, code: number | undefined): string {
  return code === undefined ? words : `${words} (${code})`;
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMsFrom(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}
