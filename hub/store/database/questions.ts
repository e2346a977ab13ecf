/** Questions to a worker, each with a limit of time: a page lacks some history rather than wait. */

import { systemClock } from "../../../io/time/clock.ts";
import { callAfterRunning } from "../../../io/time/patient_timer.ts";

/** At the same time; further ones get no answer. */
const QUESTIONS_MAX = 64;

export class Questions {
  #open = 0;

  /**
   * `ask` is given what to call with the answer. `take` is called once: with the answer, or with
   * `undefined` after `withinMs`.
   */
  ask<Answer>(
    ask: (answer: (result: Answer | undefined) => void) => void,
    withinMs: number,
    take: (result: Answer | undefined) => void,
  ): void {
    if (this.#open >= QUESTIONS_MAX) return take(undefined);
    this.#open++;
    let isOver = false;
    const end = (result: Answer | undefined) => {
      if (isOver) return;
      isOver = true;
      this.#open--;
      limit[Symbol.dispose]();
      take(result);
    };
    const limit = callAfterRunning(systemClock, withinMs, () => end(undefined));
    ask(end);
  }
}
