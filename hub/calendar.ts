/** Notices when the calendar leaps, as at NTP's first answer on a Pi that has no battery clock. */

import type { Clock } from "../io/clock.ts";
import { getLog } from "../io/log.ts";

/** A calendar that is corrected by less does no harm. */
const LEAP_MS = 5000;

const log = getLog("calendar");

/** Whoever dates something by the calendar looks first: so nothing is dated between a leap and its notice. */
export class Calendar {
  readonly #clock: Clock;
  readonly #listeners: ((leapMs: number) => void)[] = [];
  /** The calendar's time at the monotonic instant 0, which changes when the calendar leaps. */
  #epochMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#epochMs = clock.wallMs(0);
  }

  /** Calls back at each leap, with whole milliseconds by which the calendar was wrong before. */
  onLeap(listener: (leapMs: number) => void): void {
    this.#listeners.push(listener);
  }

  look(): void {
    const leapMs = Math.round(this.#clock.wallMs(0) - this.#epochMs);
    if (Math.abs(leapMs) < LEAP_MS) return;
    this.#epochMs += leapMs;
    log.warning("the calendar leapt", { ms: leapMs });
    for (const listener of this.#listeners) listener(leapMs);
  }
}
