/** A timer for a deadline that moves. */

import type { Clock } from "./clock.ts";

/**
 * Wakes at a deadline that usually moves later. It does not move an alarm that is too early,
 * because a heartbeat must not cost a timer. The callback must check the deadline again.
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
