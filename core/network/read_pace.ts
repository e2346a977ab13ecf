/**
 * When to read next from a connection that carries much. Each wake-up costs a program more than a
 * message, so it lets messages gather in the kernel for a moment.
 */

import { Traffic } from "./traffic.ts";

export interface ReadPaceRule {
  /** The minimum time between two reads of a busy connection. */
  readonly everyMs: number;
  /**
   * A connection with fewer bytes a second is read at once. Default: every connection counts as
   * busy.
   */
  readonly busyBytesPerS?: number;
}

export interface Read {
  readonly bytes: number;
  /** More may be waiting, so the next read comes at once. */
  readonly isFull: boolean;
}

/** The answer to a write arrives within this many reads, because older data comes first. */
const PROMPT_READS = 3;

/** Instants are monotonic milliseconds. */
export class ReadPace {
  readonly #rule: ReadPaceRule;
  readonly #traffic = new Traffic();
  #nextMs = -Infinity;
  /** Remaining reads without a pause after the last write. */
  #promptReads = 0;

  constructor(rule: ReadPaceRule) {
    this.#rule = rule;
  }

  /** Something was sent, whose answer should be read soon. */
  sent(): void {
    this.#promptReads = PROMPT_READS;
    this.#nextMs = -Infinity;
  }

  received({ bytes, isFull }: Read, nowMs: number): void {
    const { everyMs, busyBytesPerS = 0 } = this.#rule;
    const isBusy = this.#traffic.count(bytes, nowMs) >= busyBytesPerS;
    const isPrompt = this.#promptReads > 0;
    if (isPrompt) this.#promptReads--;
    const waits = !isPrompt && !isFull && isBusy;
    this.#nextMs = waits ? nowMs + everyMs : -Infinity;
  }

  /** How long to wait before the next read; at most 0: not at all. */
  waitMs(nowMs: number): number {
    return this.#nextMs - nowMs;
  }
}
