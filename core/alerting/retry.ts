/** The outcome of one attempt to deliver a message, and when to try again. */

import type { ProviderFailure } from "./provider_failure.ts";

const FIRST_RETRY_MS = 2_000;
const RETRY_MS_MAX = 5 * 60_000;
/** A longer delay that a server asks for is reduced to this, because a person is waiting. */
export const RETRY_AFTER_MS_MAX = 60 * 60_000;
/** After a provider accepted a message, the hub asks for the outcome after these delays, ... */
const FIRST_CHECKS_MS: readonly number[] = [5_000, 15_000, 60_000, 5 * 60_000, 30 * 60_000];
/** ... and then every hour for a day. */
const CHECK_MS = 60 * 60_000;
const CHECKS_MAX = FIRST_CHECKS_MS.length + 24;
/**
 * The largest random addition to a delay, so that many messages are not retried at the same moment.
 */
const JITTER_SHARE = 0.25;

/** The message was not accepted now, but perhaps it will be later. */
export interface Deferral {
  readonly kind: "deferred";
  /** In the channel's English text, with advice: for the log and the command line. */
  readonly why: string;
  /** The same as codes. */
  readonly failure?: ProviderFailure;
  /** The delay that the provider asked for. */
  readonly retryAfterMs?: number;
  /** The provider may have accepted the message although the hub received no answer. */
  readonly isUncertain?: boolean;
  /**
   * The provider can be reached and only asks to wait, as by 429. Any other deferral means that it
   * could not be reached, or has an internal fault.
   */
  readonly isBusy?: boolean;
  /**
   * The provider accepts no message until a person acts or hours pass: the limit of the day is used
   * up, the account is suspended, or the credentials are wrong. Another channel must be used at
   * once. This message is tried again, because the provider did not refuse the message itself.
   */
  readonly isBlocked?: boolean;
}

/** Why a message was not accepted, or did not arrive. */
export type Refusal = Pick<Deferral, "why" | "failure">;

/** The outcome of one attempt. */
export type Delivery =
  /** The provider accepted the message. `reference` identifies it there; empty if it gave none. */
  | { readonly kind: "accepted"; readonly reference: string }
  | Deferral
  /**
   * Never retried, because the provider would refuse the same message again. `why` is for people.
   */
  | { readonly kind: "refused"; readonly why: string; readonly failure?: ProviderFailure };

/**
 * How long to wait after the attempt of this number (from 1) was deferred: 2 s, doubling to 5 min,
 * plus up to a quarter by `jitter01` (0 to 1), and at least as long as the provider asked for.
 * There is no last attempt, because a message is not dropped when it is late.
 */
export function retryDelayMs(attempt: number, jitter01: number, retryAfterMs = 0): number {
  const doublings = Math.max(0, Math.min(attempt - 1, 30));
  const wait = Math.min(FIRST_RETRY_MS * 2 ** doublings, RETRY_MS_MAX);
  const asked = Math.max(0, Math.min(retryAfterMs, RETRY_AFTER_MS_MAX));
  const jitter = Math.max(0, Math.min(jitter01, 1)) * JITTER_SHARE;
  return Math.round(Math.max(wait, asked) * (1 + jitter));
}

/**
 * How long to wait before the hub asks a provider again for the outcome of a message, after
 * `checks` questions. `undefined` means that no answer is expected any more.
 */
export function checkDelayMs(checks: number): number | undefined {
  return checks >= CHECKS_MAX ? undefined : FIRST_CHECKS_MS[checks] ?? CHECK_MS;
}
