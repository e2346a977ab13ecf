/** Whether one channel's provider can be reached: what its requests show, as a fact told once. */

/** While all is well a provider is asked so long after the last request that went well. */
const PROBE_MS = 10 * 60_000;
/** While requests fail it is asked this often. */
const PROBE_AGAIN_MS = 30_000;

/**
 * What is older says nothing any more: a message that is tried again does not wait so long. Where the
 * provider cannot be asked it has then another chance.
 */
const MEMORY_MS = 80 * 60_000;

/** What became known, for whoever tells people. */
export interface UplinkReport {
  readonly kind: "uplink";
  readonly channel: string;
  readonly up: boolean;
  /** Why it is down, in plain words; empty when it is up. */
  readonly cause: string;
  /** Since when it is so, on the monotonic clock. */
  readonly sinceMs: number;
}

/** What a request was for: a message, or only to ask something. */
export type Purpose = "message" | "question";

interface Failing {
  readonly sinceMs: number;
  hasFailedMessage: boolean;
  hasFailedQuestion: boolean;
  lastMessageMs: number;
}

/** Instants are monotonic. A provider that asks for patience is reached, and so is one that says no. */
export class Uplink {
  readonly #channel: string;
  readonly #downAfterMs: number;
  #failing: Failing | undefined;
  /** What was reported last. */
  #reported: "up" | "down" | undefined;
  #reachedMs = -Infinity;
  #askedMs = -Infinity;
  #heardMs: number;

  /** It counts as down when requests have failed for `downAfterMs`. */
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

  /** When to ask the provider, if it can be asked, for what its requests do not show by themselves. */
  get probeAtMs(): number {
    if (this.#failing !== undefined) return this.#askedMs + PROBE_AGAIN_MS;
    return Math.max(this.#reachedMs, this.#askedMs) + PROBE_MS;
  }

  /** When a provider that cannot be asked is to be trusted again, for nothing was heard of it since. */
  get trustAtMs(): number {
    return this.#reported === "up" ? Infinity : this.#heardMs + MEMORY_MS;
  }

  /** How long requests have failed; 0 while they do not. */
  failingForMs(nowMs: number): number {
    return this.#failing === undefined ? 0 : nowMs - this.#failing.sinceMs;
  }

  /** A request went well. The first of all is reported, too: an earlier hub may have died while down. */
  reached(purpose: Purpose, nowMs: number): UplinkReport | undefined {
    if (purpose === "question") this.#askedMs = nowMs;
    if (purpose === "question" && this.#isOnlyMessagesFail(nowMs)) return undefined;
    this.#reachedMs = nowMs;
    return this.trusted(nowMs);
  }

  /** As if a request went well: whoever is told nothing would never be sent a message again. */
  trusted(nowMs: number): UplinkReport | undefined {
    this.#heardMs = nowMs;
    this.#failing = undefined;
    if (this.#reported === "up") return undefined;
    this.#reported = "up";
    return { kind: "uplink", channel: this.#channel, up: true, cause: "", sinceMs: nowMs };
  }

  /** The provider could not be reached, or has a fault of its own. */
  missed(purpose: Purpose, why: string, nowMs: number): UplinkReport | undefined {
    if (nowMs - this.#heardMs > MEMORY_MS) this.#failing = undefined;
    this.#heardMs = nowMs;
    const failing = this.#failing ??= {
      sinceMs: nowMs,
      hasFailedMessage: false,
      hasFailedQuestion: false,
      lastMessageMs: -Infinity,
    };
    if (purpose === "question") {
      this.#askedMs = nowMs;
      failing.hasFailedQuestion = true;
    } else {
      failing.hasFailedMessage = true;
      failing.lastMessageMs = nowMs;
    }
    if (this.isDown || nowMs - failing.sinceMs < this.#downAfterMs) return undefined;
    this.#reported = "down";
    const { sinceMs } = failing;
    return { kind: "uplink", channel: this.#channel, up: false, cause: why, sinceMs };
  }

  /**
   * A provider that answers questions while it takes no message is of no use: until no message has
   * failed for long, only a message shows that it is well.
   */
  #isOnlyMessagesFail(nowMs: number): boolean {
    const failing = this.#failing;
    return failing !== undefined && failing.hasFailedMessage && !failing.hasFailedQuestion &&
      nowMs - failing.lastMessageMs < PROBE_MS;
  }
}
