/** Whether a channel's provider accepts messages, by its requests. Each change is reported once. */

import type { ProviderCause } from "../../core/alerting/cause.ts";
import { type ProviderFailure, UNKNOWN_FAILURE } from "../../core/alerting/provider_failure.ts";
import { type Deferral, RETRY_AFTER_MS_MAX } from "../../core/alerting/retry.ts";

/** A working provider is probed this long after its last successful request. */
const PROBE_MS = 10 * 60_000;
/** A failing provider is probed at this interval. */
const PROBE_AGAIN_MS = 30_000;

/**
 * An older outcome is not used any more, because a message is retried sooner than this. A provider
 * that cannot be asked then gets another chance.
 */
const MEMORY_MS = 80 * 60_000;
/** A provider that accepted no message for a day is trusted again after this time. */
const BLOCKED_MS = 24 * 60 * 60_000;

/** A change that people are notified of. */
export interface ProviderHealthReport {
  readonly kind: "uplink";
  readonly channel: string;
  readonly up: boolean;
  /** Why it is down; empty when it is up. */
  readonly cause: ProviderCause | "";
  /** The instant of the change, on the monotonic clock. */
  readonly sinceMs: number;
}

/** The purpose of a request: a message, or only a question. */
export type Purpose = "message" | "question";

/** Why it is down. */
export interface Fall {
  readonly why: string;
  readonly failure?: ProviderFailure;
  /** The provider itself reported it. Otherwise requests have failed for long. */
  readonly isBlocked: boolean;
}

interface Failing {
  readonly sinceMs: number;
  hasFailedQuestion: boolean;
  /** A question showed that messages would be refused, so questions also show the end of that. */
  hasRefusedQuestion: boolean;
  /** Until then an answer to a question does not prove that messages are accepted. */
  onlyMessagesUntilMs: number;
  /** The same, but also valid after failed questions. */
  blockedUntilMs: number;
}

/**
 * Instants are monotonic. The measure is whether messages are accepted, not what else is answered.
 */
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
  /** It accepted a message although its answers to questions said that it would refuse all. */
  #hasRefusedInVain = false;

  /** The provider counts as down when it has accepted no message for `downAfterMs`. */
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

  /** When to ask the provider, if that is possible, about facts that its requests do not show. */
  get probeAtMs(): number {
    const failing = this.#failing;
    if (failing === undefined) return Math.max(this.#reachedMs, this.#askedMs) + PROBE_MS;
    const isBlocked = failing.blockedUntilMs > this.#askedMs && !failing.hasRefusedQuestion;
    return this.#askedMs + (isBlocked ? PROBE_MS : PROBE_AGAIN_MS);
  }

  /** When to trust a provider again that cannot be asked, because nothing was heard of it since. */
  get trustAtMs(): number {
    if (this.#reported === "up") return Infinity;
    return Math.max(this.#heardMs + MEMORY_MS, this.#failing?.blockedUntilMs ?? -Infinity);
  }

  /** How long requests have failed; 0 while they do not. */
  failingForMs(nowMs: number): number {
    return this.#failing === undefined ? 0 : nowMs - this.#failing.sinceMs;
  }

  /** The time until it counts as down if it accepts no message; `Infinity` while none fails. */
  untilDownMs(nowMs: number): number {
    if (this.#failing === undefined || this.isDown) return Infinity;
    return Math.max(0, this.#failing.sinceMs + this.#downAfterMs - nowMs);
  }

  /**
   * A request succeeded. The first success is also reported, because an earlier hub may have ended
   * while the provider was down.
   */
  reached(purpose: Purpose, nowMs: number): ProviderHealthReport | undefined {
    if (purpose === "question") {
      this.#askedMs = nowMs;
      return this.answered(nowMs);
    }
    if (this.#failing?.hasRefusedQuestion) this.#hasRefusedInVain = true;
    this.#reachedMs = nowMs;
    return this.trusted(nowMs);
  }

  /**
   * The provider answered a question or refused one message. It is reachable, but accepted no
   * message.
   */
  answered(nowMs: number): ProviderHealthReport | undefined {
    if (this.#doMessagesFail(nowMs)) return undefined;
    this.#reachedMs = nowMs;
    return this.trusted(nowMs);
  }

  /**
   * Has the effect of a successful request. A provider that cannot be asked needs this, because
   * otherwise it would never get a message again.
   */
  trusted(nowMs: number): ProviderHealthReport | undefined {
    this.#heardMs = nowMs;
    this.#failing = undefined;
    this.#fall = undefined;
    if (this.#reported === "up") return undefined;
    this.#reported = "up";
    return { kind: "uplink", channel: this.#channel, up: true, cause: "", sinceMs: nowMs };
  }

  /** The provider accepted no message, or did not answer a question. */
  missed(
    purpose: Purpose,
    deferral: Omit<Deferral, "kind">,
    nowMs: number,
  ): ProviderHealthReport | undefined {
    if (purpose === "question") {
      this.#askedMs = nowMs;
      // A request for fewer questions says nothing about messages.
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
   * Answers to questions do not help while the provider accepts no message. Until no message has
   * failed for long, only an accepted message shows that it works.
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
