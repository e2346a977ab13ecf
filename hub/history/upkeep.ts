/** Runs the long work that is due from time to time, one task after the other. */

import type { Clock } from "../../io/time/clock.ts";
import { answerOf, type BackgroundWork } from "../store/background_work.ts";
import { REMOVE_OLD_TRANSITIONS } from "../store/history_tasks.ts";
import type { Store } from "../store/store.ts";
import type { RemovalProgress } from "../store/history/transition_rows.ts";
import type { VitalsHistory } from "./vitals_history.ts";

const TRANSITIONS_EVERY_MS = 3_600_000;

export class Upkeep {
  readonly #store: Store;
  readonly #vitals: VitalsHistory;
  readonly #clock: Clock;
  /** When transitions are next removed. First after an hour: the wall clock is likely right then. */
  #transitionsMs: number;

  constructor(store: Store, vitals: VitalsHistory, clock: Clock) {
    this.#store = store;
    this.#vitals = vitals;
    this.#clock = clock;
    this.#transitionsMs = clock.nowMs() + TRANSITIONS_EVERY_MS;
  }

  /** Called once a minute. */
  *run(): BackgroundWork {
    yield* this.#vitals.keep();
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#transitionsMs) return;
    this.#transitionsMs = nowMs + TRANSITIONS_EVERY_MS;
    yield* this.#removeOldTransitions(this.#clock.wallMs(nowMs));
  }

  /** Runs until no old transition is left, or the file cannot be used. */
  *#removeOldTransitions(nowMs: number): BackgroundWork {
    let progress: RemovalProgress | null | undefined = { afterId: 0, young: 0 };
    while (progress) {
      const args = { progress, nowMs };
      progress = yield* answerOf<RemovalProgress | null | undefined>((take) =>
        this.#store.askThen(REMOVE_OLD_TRANSITIONS, args, take)
      );
      yield;
    }
  }
}
