/** The hub's time, kept between its messages without trusting the browser's calendar. */

/** The browser's two clocks, read together, in milliseconds. */
export interface Reading {
  /** `performance.now()`: never leaps, but stands still while some machines sleep. */
  readonly monotonicMs: number;
  /** `Date.now()`: goes on during sleep, but is only trusted to tell that time has passed. */
  readonly calendarMs: number;
}

/** The hub sends a change at least every 5 s; two that are missed mean that nobody is there. */
export const SILENCE_MAX_MS = 10_000;

/** A message this much older than the hub's time as we know it has waited in a queue. */
const LAG_MAX_MS = 10_000;

/** Says what time it is at the hub, and for how long the hub has been silent. */
export class HubClock {
  #heard: Reading;
  #heardAt: string | undefined;
  /** The hub's time less our monotonic clock. The largest seen is the one with the least delay. */
  #offsetMs = 0;

  constructor(start: Reading) {
    this.#heard = start;
  }

  /** The hub's time in its last message, if there was one. */
  get heardAt(): string | undefined {
    return this.#heardAt;
  }

  /**
   * Takes the hub's time `at` from a message. Answers false when the message is old news (it comes
   * after a silence, or lags): then the page must connect anew, for a snapshot cannot be old.
   */
  hear(at: string, reading: Reading, kind: "snapshot" | "change"): boolean {
    const offsetMs = Date.parse(at) - reading.monotonicMs;
    if (kind === "change") {
      if (this.silentMs(reading) > SILENCE_MAX_MS) return false;
      if (this.#offsetMs - offsetMs > LAG_MAX_MS) return false;
    }
    this.#offsetMs = kind === "snapshot" ? offsetMs : Math.max(this.#offsetMs, offsetMs);
    this.#heard = reading;
    this.#heardAt = at;
    return true;
  }

  /** Since the last message, by whichever clock says more: no sleep makes old news look fresh. */
  silentMs(reading: Reading): number {
    return Math.max(
      0,
      reading.monotonicMs - this.#heard.monotonicMs,
      reading.calendarMs - this.#heard.calendarMs,
    );
  }

  /** The hub's time now, in milliseconds since 1970. Only meaningful while messages come. */
  nowMs(reading: Reading): number {
    return this.#offsetMs + reading.monotonicMs;
  }
}
