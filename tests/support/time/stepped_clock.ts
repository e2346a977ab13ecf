/** A clock that moves only on command, and then calls the waiting callbacks. */

import type { Clock } from "../../../io/time/clock.ts";

export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #waiting = new Map<() => void, number>();

  nowMs = () => this.#nowMs;
  wallMs = (atMs: number) => Date.UTC(2026, 2, 1) + atMs;

  callAt(atMs: number, callback: () => void): Disposable {
    const call = () => callback();
    this.#waiting.set(call, atMs);
    return { [Symbol.dispose]: () => this.#waiting.delete(call) };
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const [call, atMs] of [...this.#waiting]) {
      if (atMs > this.#nowMs || !this.#waiting.delete(call)) continue;
      call();
    }
  }
}
