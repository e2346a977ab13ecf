/** The availability of each node, from the hub. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AvailabilitySpan, AvailabilityView } from "../../core/history/history.ts";
import { remembered } from "../device/remembered.ts";
import type { Api } from "../live/api.ts";
import type { Live } from "../live/live.ts";
import { SPANS } from "./spans.ts";

/** A minute-old bar is good enough, because the state beside it is live. */
const REFRESH_MS = 60_000;
/** The delay after a change of state; it combines several changes into one request. */
const AFTER_CHANGE_MS = 5_000;

/** The availability of all nodes over the time span that the reader chose. */
export class Availability {
  readonly #api: Api;
  readonly #answer = signal<AvailabilityView | undefined>(undefined);
  readonly span: Signal<AvailabilitySpan> = remembered("span", SPANS, "24h");
  readonly answer: ReadonlySignal<AvailabilityView | undefined> = this.#answer;

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Requests the availability now, each minute while the page is visible, soon after a node
   * changed, after a lost connection, and for another time span.
   */
  follow(live: Live, stop: AbortSignal): void {
    let asking = new AbortController();
    const ask = () => {
      if (document.visibilityState === "hidden" || stop.aborted) return;
      asking.abort();
      asking = new AbortController();
      void this.#ask(AbortSignal.any([stop, asking.signal]));
    };
    const timer = setInterval(ask, REFRESH_MS);
    const unwatch = effect(() => {
      if (this.span.value && live.link.value === "live") ask();
    });
    const states = computed(() => live.nodes.value.map(({ id, since }) => id + since).join());
    let soon: number | undefined;
    const unwatchStates = states.subscribe(() => {
      soon ??= setTimeout(() => {
        soon = undefined;
        ask();
      }, AFTER_CHANGE_MS);
    });
    document.addEventListener("visibilitychange", ask, { signal: stop });
    stop.addEventListener("abort", () => {
      clearInterval(timer);
      clearTimeout(soon);
      unwatch();
      unwatchStates();
    });
  }

  async #ask(stop: AbortSignal): Promise<void> {
    const span = this.span.peek();
    const path = `/api/v1/availability?span=${span}`;
    const answer = await this.#api.get<AvailabilityView>(path, { signal: stop });
    if (stop.aborted || span !== this.span.peek()) return;
    if (answer.kind === "good") this.#answer.value = answer.body;
  }
}
