/** Why a provider took no message, or did not deliver it: a code, and what the provider itself said. */

import * as v from "valibot";

export const PROVIDER_FAILURES = [
  /** There was no connection, or no answer in time. */
  "unreachable",
  /** It refused the credentials. */
  "credentials",
  /** The account is suspended, unknown or without credit. */
  "account",
  /** The limit of the day or of the account is used up. */
  "limit",
  /** It asks to send less often. */
  "busy",
  /** It has a fault of its own. */
  "fault",
  /** Something else answers at the configured address. */
  "address",
  /** The sender may not send. */
  "sender",
  /** The recipient cannot get messages. */
  "recipient",
  /** It refused the message itself. */
  "message",
  /** It never said whether the message arrived. */
  "unconfirmed",
  /** It took the message and could not deliver it. */
  "undelivered",
  /** The channel is no longer configured. */
  "removed",
  /** None of these. */
  "other",
] as const;

export type ProviderFailureCode = typeof PROVIDER_FAILURES[number];

export const providerFailureEntries = {
  code: v.picklist(PROVIDER_FAILURES),
  /** Of its HTTP answer. */
  status: v.optional(v.number()),
  /** The provider's own code of the error. */
  error: v.optional(v.union([v.number(), v.string()])),
  /** The provider's own words, in its language: a quotation. */
  said: v.optional(v.string()),
  /** The channel that the message went to instead. */
  passed_on_to: v.optional(v.string()),
};

/** What it is as JSON. */
export const providerFailure = v.object(providerFailureEntries);

export type ProviderFailure = Readonly<v.InferOutput<typeof providerFailure>>;

/** Reads what was stored as JSON; what is no failure is none. */
export function providerFailureFrom(stored: string | undefined): ProviderFailure | undefined {
  if (stored === undefined) return undefined;
  try {
    const found = v.safeParse(providerFailure, JSON.parse(stored));
    return found.success ? found.output : undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing more is known. */
export const UNKNOWN_FAILURE: ProviderFailure = { code: "other" };
