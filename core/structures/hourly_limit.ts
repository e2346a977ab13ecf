/** Limits repeated reports: the first events of an hour are reported, the others are counted. */

const HOUR_MS = 3_600_000;

export interface Counted {
  readonly isReported: boolean;
  /** The number of events of the last hour that were not reported. */
  readonly hidden: number;
}

/**
 * While events continue every hour, only the counts are reported. After an hour without events it
 * restarts.
 */
export class HourlyLimit {
  readonly #shownMax: number;
  #fromMs = -Infinity;
  #lastMs = -Infinity;
  #count = 0;
  /** Whether the first events of this hour are reported. */
  #isReported = true;

  constructor(shownMax: number) {
    this.#shownMax = shownMax;
  }

  /** Counts one event. */
  count(nowMs: number): Counted {
    let hidden = 0;
    if (nowMs - this.#fromMs >= HOUR_MS) {
      hidden = Math.max(0, this.#count - (this.#isReported ? this.#shownMax : 0));
      this.#isReported = hidden === 0 || nowMs - this.#lastMs >= HOUR_MS;
      this.#fromMs = nowMs;
      this.#count = 0;
    }
    this.#lastMs = nowMs;
    this.#count++;
    return { isReported: this.#isReported && this.#count <= this.#shownMax, hidden };
  }
}
