/** Handles the last will of an agent's previous run that arrives after the birth of this run. */

import type { Clock } from "../time/clock.ts";

/** Wills within this time get one common answer, because somebody may send many. */
const ANSWER_MS = 5000;

export interface LateWillsOptions {
  readonly clock: Clock;
  /** Publishes this run's birth again, if it is connected. */
  readonly publishBirth: () => void;
}

/**
 * A Pi that lost its power and is back within seconds connects while the broker still considers its
 * old connection open. The will that follows replaces the retained birth, and an observer that
 * starts later would know neither the name nor the interval. So the birth is published again.
 */
export class LateWills implements Disposable {
  readonly #options: LateWillsOptions;
  #answer: Disposable | undefined;

  constructor(options: LateWillsOptions) {
    this.#options = options;
  }

  heard(): void {
    const { clock, publishBirth: sayBirth } = this.#options;
    this.#answer ??= clock.callAt(clock.nowMs() + ANSWER_MS, () => {
      this.#answer = undefined;
      sayBirth();
    });
  }

  [Symbol.dispose](): void {
    this.#answer?.[Symbol.dispose]();
  }
}
