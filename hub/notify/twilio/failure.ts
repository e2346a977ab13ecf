/** The failure in an answer of Twilio, as a code with Twilio's own words. */

import type {
  ProviderFailure,
  ProviderFailureCode,
} from "../../../core/alerting/provider_failure.ts";
import { type Answer, parsed } from "./answer.ts";

const CODES: readonly (readonly [ProviderFailureCode, readonly number[]])[] = [
  ["credentials", [20003]],
  ["account", [10001, 20005, 20404, 30002]],
  ["limit", [21611, 30001, 30022, 30023, 30027, 30454, 63038]],
  ["busy", [20429]],
  [
    "sender",
    [21212, 21603, 21606, 21612, 21659, 21660, 21703, 21704, 30007, 30024, 30032, 30034, 30035],
  ],
  [
    "recipient",
    [
      ...[21211, 21214, 21217, 21265, 21266, 21408, 21608, 21610, 21614, 21635],
      ...[30003, 30004, 30005, 30006],
    ],
  ],
  ["undelivered", [30008, 30009, 30036, 30410]],
];

const CODE_OF: ReadonlyMap<number, ProviderFailureCode> = new Map(
  CODES.flatMap(([code, errors]) => errors.map((error) => [error, code])),
);

/**
 * The failure in an answer about a message or about the account. `ofSuccess`: the code for an
 * answer with a status of success that nevertheless reports a failure.
 */
export function twilioFailure(
  { status, body }: Answer,
  ofSuccess: ProviderFailureCode,
): ProviderFailure {
  const json = parsed(body);
  const error = json.code ?? json.error_code;
  const said = json.code === undefined ? json.error_message : json.message;
  return {
    code: (typeof error === "number" ? CODE_OF.get(error) : undefined) ?? codeOf(status, ofSuccess),
    ...(status === 200 ? {} : { status }),
    ...(typeof error === "number" ? { error } : {}),
    ...(typeof said === "string" && said !== "" ? { said } : {}),
  };
}

function codeOf(status: number, ofSuccess: ProviderFailureCode): ProviderFailureCode {
  if (status >= 200 && status < 300) return ofSuccess;
  if (status === 401 || status === 403) return "credentials";
  if (status === 404) return "account";
  if (status === 408) return "unreachable";
  if (status === 429) return "busy";
  if (status >= 500) return "fault";
  return status >= 400 ? "message" : "address";
}
