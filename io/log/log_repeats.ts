/** Limits repeated events, so that the log stays readable. */

const WINDOW_MS = 60_000;

/** When a minute has more different messages than this, further ones pass without being counted. */
const MESSAGES_MAX = 1000;

interface Window<Event> {
  readonly first: Event;
  readonly startedMs: number;
  count: number;
}

/** Passes the first events of each kind in each minute, and counts the others. */
export class Repeats<Event> {
  readonly #perMinuteMax: number;
  readonly #windows = new Map<string, Window<Event>>();

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  /** Returns whether to show an event of this kind. `nowMs` is monotonic. */
  admit(kind: string, event: Event, nowMs: number): boolean {
    const window = this.#windows.get(kind);
    if (!window) {
      if (this.#windows.size < MESSAGES_MAX) {
        this.#windows.set(kind, { first: event, startedMs: nowMs, count: 1 });
      }
      return true;
    }
    window.count += 1;
    return window.count <= this.#perMinuteMax;
  }

  /**
   * Returns each kind whose minute is over and that has hidden events, with their number.
   * `Infinity` drains all kinds.
   */
  drain(nowMs: number): readonly { readonly first: Event; readonly hidden: number }[] {
    const summaries: { readonly first: Event; readonly hidden: number }[] = [];
    for (const [kind, { first, startedMs, count }] of this.#windows) {
      // The windows are in the order of time, so all following ones are newer.
      if (nowMs - startedMs < WINDOW_MS) break;
      this.#windows.delete(kind);
      if (count > this.#perMinuteMax) summaries.push({ first, hidden: count - this.#perMinuteMax });
    }
    return summaries;
  }
}
