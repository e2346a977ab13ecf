/** A clock that a test moves: days pass at once. */

import type { Boot } from "../../../io/boot.ts";
import type { Clock } from "../../../io/time/clock.ts";

/** 2025-11-24, at 16:00. */
const BEGAN_MS = 1_764_000_000_000;

/** The boot of a machine that has this clock, which it was not switched off since. */
export function bootOf(clock: Clock, id = "boot"): Boot {
  return { id, upMs: () => clock.nowMs() };
}

/** Moves only when it is told to; each boot of the machine begins its monotonic time anew. */
export class HandClock implements Clock {
  #wallMs = BEGAN_MS;
  #bootMs = BEGAN_MS;

  nowMs = () => this.#wallMs - this.#bootMs;
  wallMs = (atMs: number) => this.#bootMs + atMs;

  callAt(): Disposable {
    throw new Error("nothing waits here");
  }

  /** To an instant of the present boot's time. */
  moveTo(nowMs: number): void {
    this.#wallMs = Math.max(this.#wallMs, this.#bootMs + nowMs);
  }

  boot(): void {
    this.#bootMs = this.#wallMs;
  }

  /** The calendar alone is set, as by a Pi without a battery, or by NTP. */
  leap(ms: number): void {
    this.#wallMs += ms;
    this.#bootMs += ms;
  }
}
