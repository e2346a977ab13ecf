/** A timer for a deadline that moves. */

import type { Clock } from "./clock.ts";

/**
 * Wakes at a deadline that mostly moves later: an alarm that is too early is left as it is, for a
 * heartbeat must not cost a timer. Whoever is woken looks at the deadline anew.
 */
export class LazyAlarm implements Disposable {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #atMs = Infinity;
  #alarm: Disposable | undefined;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes at this instant at the latest. */
  setAtLatest(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this[Symbol.dispose]();
    this.#atMs = atMs;
    this.#alarm = this.#clock.callAt(atMs, () => {
      this.#atMs = Infinity;
      this.#wake();
    });
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
    this.#atMs = Infinity;
  }
}
