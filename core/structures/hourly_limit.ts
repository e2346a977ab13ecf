/** What happens again and again: the first ones of an hour are told, the rest is counted. */

const HOUR_MS = 3_600_000;

export interface Counted {
  readonly isReported: boolean;
  /** How many of the hour that has just ended were not told. */
  readonly hidden: number;
}

/** While it goes on hour by hour, its sums alone are told; after an hour of peace it begins anew. */
export class HourlyLimit {
  readonly #shownMax: number;
  #fromMs = -Infinity;
  #lastMs = -Infinity;
  #count = 0;
  /** Whether the first ones of this hour are told. */
  #isReported = true;

  constructor(shownMax: number) {
    this.#shownMax = shownMax;
  }

  /** It has happened once more. */
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
