/** How long somebody was held back on end: one who asks for more than he may without end is cut off. */

/** After so long on end nothing is sent that anybody waits for. */
const HELD_BACK_MS_MAX = 60_000;

/** Instants are monotonic milliseconds. */
export class HeldBack {
  #sinceMs: number | undefined;

  /** Takes note of whether he has to wait now. Answers whether it has been too long. */
  isTooLong(hasToWait: boolean, nowMs: number): boolean {
    this.#sinceMs = hasToWait ? this.#sinceMs ?? nowMs : undefined;
    return this.#sinceMs !== undefined && nowMs - this.#sinceMs > HELD_BACK_MS_MAX;
  }
}
