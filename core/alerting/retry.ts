/** What became of one attempt to deliver a message, and when to try again. */

import type { ProviderFailure } from "./provider_failure.ts";

const FIRST_RETRY_MS = 2_000;
const RETRY_MS_MAX = 5 * 60_000;
/** A server that asks for more patience than this is not believed: a person is waiting. */
export const RETRY_AFTER_MS_MAX = 60 * 60_000;
/** After a provider took a message it is asked so often, at these distances, what became of it, ... */
const FIRST_CHECKS_MS: readonly number[] = [5_000, 15_000, 60_000, 5 * 60_000, 30 * 60_000];
/** ... and then every hour for a day. */
const CHECK_MS = 60 * 60_000;
const CHECKS_MAX = FIRST_CHECKS_MS.length + 24;
/** How much of a wait may be added at random, so that many messages do not come in step. */
const JITTER_SHARE = 0.25;

/** Not now, but later perhaps. */
export interface Deferral {
  readonly kind: "deferred";
  /** In the channel's English, with advice: for the log and the command line. */
  readonly why: string;
  /** The same as codes. */
  readonly failure?: ProviderFailure;
  /** The provider's wish. */
  readonly retryAfterMs?: number;
  /** The provider may have taken the message without anybody hearing of it. */
  readonly isUncertain?: boolean;
  /**
   * The provider is there and only asks for patience, as by 429. Any other deferral means that it
   * could not be reached, or has a fault of its own.
   */
  readonly isBusy?: boolean;
  /**
   * The provider takes no message at all until a person acts or hours pass: the limit of the day is
   * used up, the account is suspended, the credentials are wrong. Another channel has to be used at
   * once; this message is tried again, for it is not the message that is refused.
   */
  readonly isBlocked?: boolean;
}

/** Why a message was not taken, or did not arrive. */
export type Refusal = Pick<Deferral, "why" | "failure">;

/** The outcome of one attempt. */
export type Delivery =
  /** The provider took the message; `reference` finds it there, and is empty when it told none. */
  | { readonly kind: "accepted"; readonly reference: string }
  | Deferral
  /** Never: the same message would be refused again. `why` is for people. */
  | { readonly kind: "refused"; readonly why: string; readonly failure?: ProviderFailure };

/**
 * How long to wait after the attempt of this number (from 1) was deferred: 2 s, doubling to 5 min,
 * plus up to a quarter by `jitter01` (0 to 1), and never less than the provider asked for. There is
 * no last attempt: a message is not dropped for being late.
 */
export function retryDelayMs(attempt: number, jitter01: number, retryAfterMs = 0): number {
  const doublings = Math.max(0, Math.min(attempt - 1, 30));
  const wait = Math.min(FIRST_RETRY_MS * 2 ** doublings, RETRY_MS_MAX);
  const asked = Math.max(0, Math.min(retryAfterMs, RETRY_AFTER_MS_MAX));
  const jitter = Math.max(0, Math.min(jitter01, 1)) * JITTER_SHARE;
  return Math.round(Math.max(wait, asked) * (1 + jitter));
}

/**
 * How long to wait before a provider is asked what became of a message, when it was asked `checks` times
 * already; `undefined` when it will never say.
 */
export function checkDelayMs(checks: number): number | undefined {
  return checks >= CHECKS_MAX ? undefined : FIRST_CHECKS_MS[checks] ?? CHECK_MS;
}
