/** Why a provider refused or did not deliver a message: a code, and the provider's own text. */

import * as v from "valibot";

export const PROVIDER_FAILURES = [
  /** There was no connection, or no answer in time. */
  "unreachable",
  /** The provider refused the credentials. */
  "credentials",
  /** The account is suspended, unknown or without credit. */
  "account",
  /** The limit of the day or of the account is used up. */
  "limit",
  /** The provider wants fewer requests. */
  "busy",
  /** The provider has an internal fault. */
  "fault",
  /** Another service answers at the configured address. */
  "address",
  /** The sender is not allowed to send. */
  "sender",
  /** The recipient cannot get messages. */
  "recipient",
  /** The provider refused the message itself. */
  "message",
  /** The provider never reported whether the message arrived. */
  "unconfirmed",
  /** The provider accepted the message and could not deliver it. */
  "undelivered",
  /** The channel is no longer configured. */
  "removed",
  /** None of these. */
  "other",
] as const;

export type ProviderFailureCode = typeof PROVIDER_FAILURES[number];

export const providerFailureEntries = {
  code: v.picklist(PROVIDER_FAILURES),
  /** The status of its HTTP answer. */
  status: v.optional(v.number()),
  /** The provider's own error code. */
  error: v.optional(v.union([v.number(), v.string()])),
  /** The provider's own text, in its language; shown as a quotation. */
  said: v.optional(v.string()),
  /** The channel that was used instead. */
  passed_on_to: v.optional(v.string()),
};

/** The schema of a stored failure. */
export const providerFailure = v.object(providerFailureEntries);

export type ProviderFailure = Readonly<v.InferOutput<typeof providerFailure>>;

/** Reads what was stored as JSON. Returns `undefined` if it is not a failure. */
export function providerFailureFrom(stored: string | undefined): ProviderFailure | undefined {
  if (stored === undefined) return undefined;
  try {
    const found = v.safeParse(providerFailure, JSON.parse(stored));
    return found.success ? found.output : undefined;
  } catch {
    return undefined;
  }
}

/** The failure when nothing more is known. */
export const UNKNOWN_FAILURE: ProviderFailure = { code: "other" };
