/** Questions to a worker with a time limit, because a page with less history is better than waiting. */

import { systemClock } from "../../../io/time/clock.ts";
import { callAfterRunning } from "../../../io/time/patient_timer.ts";

/** The maximum of questions at the same time. Further ones get no answer. */
const QUESTIONS_MAX = 64;

export class Questions {
  #open = 0;

  /**
   * `ask` gets a callback for the answer. `take` is called once, with the answer, or with `undefined`
   * after `withinMs`.
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
