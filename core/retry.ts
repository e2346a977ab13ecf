/** What became of one attempt to deliver a message, and when to try again. */

const FIRST_RETRY_MS = 2_000;
const RETRY_MS_MAX = 5 * 60_000;
/** A server that asks for more patience than this is not believed: a person is waiting. */
export const RETRY_AFTER_MS_MAX = 60 * 60_000;
/** How much of a wait may be added at random, so that many messages do not come in step. */
const JITTER_SHARE = 0.25;

/** The outcome of one attempt. */
export type Delivery =
  /** The provider took the message; `reference` finds it there, and is empty when it told none. */
  | { readonly kind: "accepted"; readonly reference: string }
  /**
   * Not now, but later perhaps; `retryAfterMs` is the provider's wish. `isUncertain`: the provider may
   * have taken the message without anybody hearing of it.
   */
  | {
    readonly kind: "deferred";
    readonly why: string;
    readonly retryAfterMs?: number;
    readonly isUncertain?: boolean;
  }
  /** Never: the same message would be refused again. `why` is for people. */
  | { readonly kind: "refused"; readonly why: string };

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
