/** Whether a channel's provider accepts messages, by its requests. Each change is reported once. */

import type { ProviderCause } from "../../core/alerting/cause.ts";
import { type ProviderFailure, UNKNOWN_FAILURE } from "../../core/alerting/provider_failure.ts";
import { type Deferral, RETRY_AFTER_MS_MAX } from "../../core/alerting/retry.ts";

/** A working provider is probed this long after its last successful request. */
const PROBE_MS = 10 * 60_000;
/** A failing provider is probed at this interval. */
const PROBE_AGAIN_MS = 30_000;

/**
 * What is older says nothing any more: a message that is tried again does not wait so long. Where the
 * provider cannot be asked it has then another chance.
 */
const MEMORY_MS = 80 * 60_000;
/** A provider that accepts no message for a day counts as well again after a day. */
const BLOCKED_MS = 24 * 60 * 60_000;

/** A change that people are notified of. */
export interface ProviderHealthReport {
  readonly kind: "uplink";
  readonly channel: string;
  readonly up: boolean;
  /** Why it is down; empty when it is up. */
  readonly cause: ProviderCause | "";
  /** Since when, on the monotonic clock. */
  readonly sinceMs: number;
}

/** The purpose of a request: a message, or only a question. */
export type Purpose = "message" | "question";

/** Why it is down. */
export interface Fall {
  readonly why: string;
  readonly failure?: ProviderFailure;
  /** The provider itself said so. Otherwise requests have failed for long. */
  readonly isBlocked: boolean;
}

interface Failing {
  readonly sinceMs: number;
  hasFailedQuestion: boolean;
  /** Questions show that no message would be taken, so they also show when that is over. */
  hasRefusedQuestion: boolean;
  /** Until then an answer to a question does not show that messages are taken. */
  onlyMessagesUntilMs: number;
  /** The same, though questions failed, too. */
  blockedUntilMs: number;
}

/** Instants are monotonic. What counts is whether messages are taken, whatever the provider answers. */
export class ProviderHealth {
  readonly #channel: string;
  readonly #downAfterMs: number;
  #failing: Failing | undefined;
  /** What was reported last. */
  #reported: "up" | "down" | undefined;
  #fall: Fall | undefined;
  #reachedMs = -Infinity;
  #askedMs = -Infinity;
  #heardMs: number;
  /** It took a message while it answered questions as if it would take none. */
  #hasRefusedInVain = false;

  /** It counts as down when it took no message for `downAfterMs`. */
  constructor(channel: string, { downAfterMs, nowMs }: {
    readonly downAfterMs: number;
    readonly nowMs: number;
  }) {
    this.#channel = channel;
    this.#downAfterMs = downAfterMs;
    this.#heardMs = nowMs;
  }

  get isDown(): boolean {
    return this.#reported === "down";
  }

  /** `undefined` while it is not down. */
  get fall(): Fall | undefined {
    return this.isDown ? this.#fall : undefined;
  }

  /** When to ask the provider, if it can be asked, for what its requests do not show by themselves. */
  get probeAtMs(): number {
    const failing = this.#failing;
    if (failing === undefined) return Math.max(this.#reachedMs, this.#askedMs) + PROBE_MS;
    const isBlocked = failing.blockedUntilMs > this.#askedMs && !failing.hasRefusedQuestion;
    return this.#askedMs + (isBlocked ? PROBE_MS : PROBE_AGAIN_MS);
  }

  /** When a provider that cannot be asked is to be trusted again, for nothing was heard of it since. */
  get trustAtMs(): number {
    if (this.#reported === "up") return Infinity;
    return Math.max(this.#heardMs + MEMORY_MS, this.#failing?.blockedUntilMs ?? -Infinity);
  }

  /** How long requests have failed; 0 while they do not. */
  failingForMs(nowMs: number): number {
    return this.#failing === undefined ? 0 : nowMs - this.#failing.sinceMs;
  }

  /** How long until it counts as down, should it take no message by then; `Infinity` while none fails. */
  untilDownMs(nowMs: number): number {
    if (this.#failing === undefined || this.isDown) return Infinity;
    return Math.max(0, this.#failing.sinceMs + this.#downAfterMs - nowMs);
  }

  /** A request went well. The first of all is reported, too: an earlier hub may have died while down. */
  reached(purpose: Purpose, nowMs: number): ProviderHealthReport | undefined {
    if (purpose === "question") {
      this.#askedMs = nowMs;
      return this.answered(nowMs);
    }
    if (this.#failing?.hasRefusedQuestion) this.#hasRefusedInVain = true;
    this.#reachedMs = nowMs;
    return this.trusted(nowMs);
  }

  /** The provider is there, and took no message: it answered a question, or refused one message. */
  answered(nowMs: number): ProviderHealthReport | undefined {
    if (this.#doMessagesFail(nowMs)) return undefined;
    this.#reachedMs = nowMs;
    return this.trusted(nowMs);
  }

  /** Counts like a successful request. Otherwise a provider that is never asked would never get a message again. */
  trusted(nowMs: number): ProviderHealthReport | undefined {
    this.#heardMs = nowMs;
    this.#failing = undefined;
    this.#fall = undefined;
    if (this.#reported === "up") return undefined;
    this.#reported = "up";
    return { kind: "uplink", channel: this.#channel, up: true, cause: "", sinceMs: nowMs };
  }

  /** The provider took no message, or did not answer a question. */
  missed(
    purpose: Purpose,
    deferral: Omit<Deferral, "kind">,
    nowMs: number,
  ): ProviderHealthReport | undefined {
    if (purpose === "question") {
      this.#askedMs = nowMs;
      // A wish for fewer questions says nothing about messages.
      if (deferral.isBusy) return undefined;
      if (deferral.isBlocked && this.#hasRefusedInVain) return this.answered(nowMs);
    }
    if (nowMs - this.#heardMs > MEMORY_MS) this.#failing = undefined;
    this.#heardMs = nowMs;
    const failing = this.#noteFailing(purpose, deferral, nowMs);
    const isBlocked = deferral.isBlocked ?? false;
    const willFailForMs = purpose === "message" ? deferral.retryAfterMs ?? 0 : 0;
    const isLasting = nowMs + willFailForMs - failing.sinceMs >= this.#downAfterMs;
    if (this.isDown || !(isBlocked || isLasting)) return undefined;
    this.#reported = "down";
    const { why, failure } = deferral;
    this.#fall = { why, isBlocked, ...(failure === undefined ? {} : { failure }) };
    const { sinceMs } = failing;
    return { kind: "uplink", channel: this.#channel, up: false, cause: causeOf(deferral), sinceMs };
  }

  #noteFailing(
    purpose: Purpose,
    { isBlocked, retryAfterMs = 0 }: Omit<Deferral, "kind">,
    nowMs: number,
  ): Failing {
    const failing = this.#failing ??= {
      sinceMs: nowMs,
      hasFailedQuestion: false,
      hasRefusedQuestion: false,
      onlyMessagesUntilMs: -Infinity,
      blockedUntilMs: -Infinity,
    };
    if (purpose === "question") {
      failing.hasFailedQuestion = true;
      if (isBlocked) failing.hasRefusedQuestion = true;
      return failing;
    }
    const askedMs = Math.min(retryAfterMs, RETRY_AFTER_MS_MAX);
    failing.onlyMessagesUntilMs = nowMs + Math.max(PROBE_MS, askedMs);
    if (isBlocked) failing.blockedUntilMs = nowMs + BLOCKED_MS;
    return failing;
  }

  /**
   * A provider that answers questions while it takes no message is of no use: until no message has
   * failed for long, only a message shows that it is well.
   */
  #doMessagesFail(nowMs: number): boolean {
    const failing = this.#failing;
    if (failing === undefined || failing.hasRefusedQuestion) return false;
    if (nowMs < failing.blockedUntilMs) return true;
    return !failing.hasFailedQuestion && nowMs < failing.onlyMessagesUntilMs;
  }
}

function causeOf({ why, failure }: Omit<Deferral, "kind">): ProviderCause {
  return { kind: "provider", ...failure ?? UNKNOWN_FAILURE, why };
}
