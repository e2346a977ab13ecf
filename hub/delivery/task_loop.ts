/** Runs tasks when they are due, several at a time, and sleeps in between. */

import { type Clock, sleepUntil } from "../../io/time/clock.ts";

export class TaskLoop {
  readonly #clock: Clock;
  readonly #tasksMax: number;
  /** Tasks in progress. */
  readonly #tasks = new Map<number | string, Promise<void>>();
  #wake = new AbortController();

  constructor(clock: Clock, tasksMax: number) {
    this.#clock = clock;
    this.#tasksMax = tasksMax;
  }

  /** Checks at once for due tasks. */
  wake(): void {
    this.#wake.abort();
  }

  isUnderWay(key: number | string): boolean {
    return this.#tasks.has(key);
  }

  /**
   * Begins a task if there is room for it. The next check comes at the latest when the task ends.
   */
  begin(key: number | string, task: () => Promise<void>): void {
    if (this.#tasks.size >= this.#tasksMax) return;
    this.#tasks.set(key, task().finally(() => this.#tasks.delete(key)));
  }

  /**
   * Calls `look` until `stop` aborts, then waits for tasks in progress. `look` returns the wait in
   * ms.
   */
  async run(look: () => number, stop: AbortSignal): Promise<void> {
    const onStop = () => this.wake();
    stop.addEventListener("abort", onStop, { once: true });
    while (!stop.aborted) {
      this.#wake = new AbortController();
      const waitMs = look();
      const sleep = sleepUntil(this.#clock, this.#clock.nowMs() + waitMs, this.#wake.signal);
      await Promise.race([sleep, ...this.#tasks.values()]);
      this.#wake.abort();
    }
    stop.removeEventListener("abort", onStop);
    await Promise.all(this.#tasks.values());
  }
}
