/** The meaning of the end of an SMTP session for a message. */

import type {
  ProviderFailure,
  ProviderFailureCode,
} from "../../../core/alerting/provider_failure.ts";
import type { Delivery } from "../../../core/alerting/retry.ts";
import type { Cleaner } from "../http/reason.ts";
import type { SmtpOutcome, SmtpStage } from "./session.ts";

/** The cause of a refusal of all messages. */
const CODES: Readonly<Record<SmtpStage, ProviderFailureCode>> = {
  connect: "address",
  login: "credentials",
  envelope: "sender",
  data: "sender",
};

export interface Meaning {
  /** The section of the keys that may have to be changed, without brackets. */
  readonly section: string;
  readonly host: string;
  readonly timeoutMs: number;
  readonly cleaner: Cleaner;
}

/** SMTP gives an accepted message no id by which its state could be requested. */
export function deliveryOf(outcome: SmtpOutcome, meaning: Meaning): Delivery {
  switch (outcome.kind) {
    case "accepted":
      return { kind: "accepted", reference: "" };
    case "unanswered":
      return unansweredDelivery(outcome, meaning);
    case "refused":
      return refusedDelivery(outcome, meaning);
  }
}

function unansweredDelivery(
  { cause, words, hasSent }: Extract<SmtpOutcome, { kind: "unanswered" }>,
  { section, host, timeoutMs, cleaner }: Meaning,
): Delivery {
  const said = words === "" ? "" : `: ${cleaner.clean(words)}`;
  const failure = failureOf(
    cause === "certificate" || cause === "tls" ? "address" : "unreachable",
    {
      words: cleaner.clean(words),
    },
  );
  const uncertain = { kind: "deferred", isUncertain: hasSent, failure } as const;
  switch (cause) {
    case "stopped":
      return { ...uncertain, why: `stopped while waiting for ${host}` };
    case "timeout":
      return { ...uncertain, why: `${host} did not answer within ${timeoutMs / 1000} s` };
    case "certificate": {
      const why = `the certificate of ${host} is not trusted${said}; ` +
        `check [${section}] host and ca_file`;
      return { ...uncertain, why, isBlocked: true };
    }
    case "tls": {
      const why = `cannot make a safe connection to ${host}${said}; ` +
        `check [${section}] security and port`;
      return { ...uncertain, why };
    }
    case "connection":
      return { ...uncertain, why: `cannot reach ${host}${said}` };
  }
}

function refusedDelivery(
  { stage, status, words }: Extract<SmtpOutcome, { kind: "refused" }>,
  { section, host, cleaner }: Meaning,
): Delivery {
  const said = cleaner.clean(words);
  const failure = (code: ProviderFailureCode) => failureOf(code, { status, words: said });
  if (status >= 400 && status < 500) {
    // Greylisting asks for a later attempt, and is not a fault.
    const why = `${host} asks to try again: ${said}`;
    return { kind: "deferred", why, isBusy: true, failure: failure("busy") };
  }
  if (/size|too (large|big)/i.test(said)) {
    const why = `the mail is too large for ${host}: ${said}`;
    return { kind: "refused", why, failure: failure("message") };
  }
  const isForAll = stage === "connect" || stage === "login" || isAboutSender(words);
  const advice = isForAll ? `; check [${section}] ${keysOf(stage)}` : "";
  const why = `${host} refused ${isForAll ? "every message" : "the message"}: ${said}${advice}`;
  if (!isForAll) {
    return { kind: "refused", why, failure: failure(stage === "data" ? "message" : "recipient") };
  }
  return { kind: "deferred", why, isBlocked: true, failure: failure(CODES[stage]) };
}

/** The code is SMTP's own; there is no HTTP status. */
function failureOf(
  code: ProviderFailureCode,
  { status = 0, words }: { readonly status?: number; readonly words: string },
): ProviderFailure {
  return {
    code,
    ...(status === 0 ? {} : { error: status }),
    ...(words === "" ? {} : { said: words }),
  };
}

/** The meaning of the answer to MAIL FROM, by the codes of RFC 3463 and common texts of servers. */
function isAboutSender(words: string): boolean {
  return /^5(30|53|5\d).*\b(sender|from address|authentication|5\.7\.0)\b/is.test(words) &&
    !/recipient/i.test(words);
}

function keysOf(stage: SmtpStage): string {
  switch (stage) {
    case "connect":
      return "host and port";
    case "login":
      return "username and password";
    case "envelope":
    case "data":
      return "from, username and password";
  }
}
