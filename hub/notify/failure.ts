/** The failure in a receiver's answer, as a code with the receiver's own words. */

import type { ProviderFailure, ProviderFailureCode } from "../../core/alerting/provider_failure.ts";
import type { Answering } from "./answer.ts";
import type { HttpAnswer } from "./http/answer.ts";
import { reasonIn } from "./http/reason.ts";

/** Adds the failure to an outcome that has a reason. */
export function withFailure<Outcome extends object>(
  outcome: Outcome,
  failure: () => ProviderFailure,
): Outcome {
  return "why" in outcome ? { ...outcome, failure: failure() } : outcome;
}

/** The failure in an answer that did not accept a message. */
export function failureOf(answer: HttpAnswer, by: Answering): ProviderFailure {
  const { status, body } = answer;
  const reason = status >= 400 && status < 500 ? reasonIn(body) : undefined;
  return {
    code: by.receiver.blockage?.(answer)?.code ?? codeOf(status),
    status,
    ...(reason === undefined ? {} : { said: by.cleaner.clean(reason) }),
  };
}

/** The failure of a message that was accepted and did not arrive. */
export function undelivered({ isBlocked }: { readonly isBlocked?: boolean }): ProviderFailure {
  return { code: isBlocked ? "account" : "undelivered" };
}

function codeOf(status: number): ProviderFailureCode {
  switch (status) {
    case 401:
    case 403:
      return "credentials";
    case 402:
      return "account";
    case 404:
    case 410:
      return "address";
    case 408:
      return "unreachable";
    case 425:
    case 429:
      return "busy";
    default:
      if (status >= 500) return "fault";
      return status >= 400 ? "message" : "address";
  }
}
