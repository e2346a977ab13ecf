/** Keeps a log readable when something happens again and again. */

const WINDOW_MS = 60_000;

/** More different messages than these within a minute are let through uncounted. */
const MESSAGES_MAX = 1000;

interface Window<Event> {
  readonly first: Event;
  readonly startedMs: number;
  count: number;
}

/** Lets the first events of a kind through in each minute, and counts the rest. */
export class Repeats<Event> {
  readonly #perMinuteMax: number;
  readonly #windows = new Map<string, Window<Event>>();

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  /** Whether to show an event of this kind at a monotonic instant. */
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

  /** The kinds whose minute is over, or all of them, with how many events of each were not shown. */
  drain(nowMs: number): readonly { readonly first: Event; readonly hidden: number }[] {
    const summaries: { readonly first: Event; readonly hidden: number }[] = [];
    for (const [kind, { first, startedMs, count }] of this.#windows) {
      // Insertion order is the order of time: the rest is younger.
      if (nowMs - startedMs < WINDOW_MS) break;
      this.#windows.delete(kind);
      if (count > this.#perMinuteMax) summaries.push({ first, hidden: count - this.#perMinuteMax });
    }
    return summaries;
  }
}
