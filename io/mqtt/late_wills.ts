/** The last will of an agent's former run, where the broker tells it after the birth of this one. */

import type { Clock } from "../time/clock.ts";

/** Wills that come within this time are answered together: somebody may send many. */
const ANSWER_MS = 5000;

export interface LateWillsOptions {
  readonly clock: Clock;
  /** Says this run's birth once more, if it is connected. */
  readonly sayBirth: () => void;
}

/**
 * A Pi that lost its power and is back within seconds connects while the broker still takes its old
 * connection for open. The will that follows is retained in place of the birth, and an observer that
 * starts later would know neither the name nor the interval. So the birth is said again.
 */
export class LateWills implements Disposable {
  readonly #options: LateWillsOptions;
  #answer: Disposable | undefined;

  constructor(options: LateWillsOptions) {
    this.#options = options;
  }

  heard(): void {
    const { clock, sayBirth } = this.#options;
    this.#answer ??= clock.callAt(clock.nowMs() + ANSWER_MS, () => {
      this.#answer = undefined;
      sayBirth();
    });
  }

  [Symbol.dispose](): void {
    this.#answer?.[Symbol.dispose]();
  }
}
