/** The hub's time between its messages, without trusting the browser's wall clock. */

/** The browser's two clocks, read together, in milliseconds. */
export interface Reading {
  /** `performance.now()`: it never steps, but stops while some machines sleep. */
  readonly monotonicMs: number;
  /** `Date.now()`: it continues during sleep, but only serves to measure that time has passed. */
  readonly calendarMs: number;
}

/** The hub sends a change at least every 5 s; after two missed ones it counts as lost. */
export const SILENCE_MAX_MS = 10_000;

/** A message this much older than the known hub time has waited in a queue. */
const LAG_MAX_MS = 10_000;

/** Computes the hub's present time, and for how long the hub has been silent. */
export class HubClock {
  #heard: Reading;
  #heardAt: string | undefined;
  /** The hub's time minus our monotonic clock. The largest value has the least delay. */
  #offsetMs = 0;

  constructor(start: Reading) {
    this.#heard = start;
  }

  /** The hub's time in its last message, if there was one. */
  get heardAt(): string | undefined {
    return this.#heardAt;
  }

  /**
   * Takes the hub's time `at` from a message. Returns false when the message is old (it comes after
   * a silence, or lags). Then the page must reconnect, because a snapshot cannot be old.
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

  /**
   * The time since the last message, by the clock that shows more, so that sleep does not make old
   * data look fresh.
   */
  silentMs(reading: Reading): number {
    return Math.max(
      0,
      reading.monotonicMs - this.#heard.monotonicMs,
      reading.calendarMs - this.#heard.calendarMs,
    );
  }

  /** The hub's time now, in milliseconds since 1970. Only valid while messages arrive. */
  nowMs(reading: Reading): number {
    return this.#offsetMs + reading.monotonicMs;
  }
}
