/**
 * How long a client was throttled without a break. A client that exceeds its limit permanently is
 * disconnected.
 */

/** A healthy client is never throttled for this long. */
const THROTTLED_MS_MAX = 60_000;

/** Instants are monotonic milliseconds. */
export class ThrottleClock {
  #sinceMs: number | undefined;

  /** Records whether the client is throttled now. Returns whether that has lasted too long. */
  isTooLong(hasToWait: boolean, nowMs: number): boolean {
    this.#sinceMs = hasToWait ? this.#sinceMs ?? nowMs : undefined;
    return this.#sinceMs !== undefined && nowMs - this.#sinceMs > THROTTLED_MS_MAX;
  }
}
