/** Shows changes in order when they are on disk, or after a limited time if the disk is slow. */

import type { Clock } from "../io/time/clock.ts";
import { callAfterRunning } from "../io/time/patient_timer.ts";
import type { Store } from "./store/store.ts";

/** A busy SD card writes within a second or two. Changes do not wait longer for a slower one. */
const WAIT_MS_MAX = 3000;

export class ShowQueue {
  readonly #store: Pick<Store, "written" | "isSettled">;
  readonly #clock: Clock;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  readonly #ending = Promise.withResolvers<void>();

  constructor(store: Pick<Store, "written" | "isSettled">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether something waits. If so, a change that is shown now would overtake it. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Calls `show` once everything that has changed so far is on disk; at once if it is. */
  whenWritten(show: () => void): void {
    if (this.#waiting === 0 && this.#store.isSettled) return show();
    this.#waiting++;
    const written = this.#written();
    this.#last = this.#last.then(() => written).then(() => {
      this.#waiting--;
      show();
    });
  }

  /** Shows all waiting changes without the disk. Rejects with the first error of a `show`. */
  async end(): Promise<void> {
    this.#ending.resolve();
    await this.#last;
  }

  async #written(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _limit = callAfterRunning(this.#clock, WAIT_MS_MAX, resolve);
    await Promise.race([this.#store.written(), promise, this.#ending.promise]);
  }
}
