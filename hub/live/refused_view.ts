/** Who is refused, as viewers are shown it: whoever floods the hub must not flood its viewers. */

import type { ClusterView } from "../../core/api/feed.ts";
import type { Clock } from "../../io/time/clock.ts";

type Refused = ClusterView["refused"];

/** It is looked up no more often than this. */
const EVERY_MS = 5000;

export class RefusedView {
  readonly #ask: () => Refused;
  readonly #clock: Clock;
  #lookedMs = -Infinity;
  #shown: Refused = [];

  constructor(ask: () => Refused, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** As it was looked up last. */
  get shown(): Refused {
    return this.#shown;
  }

  /** Looks it up if it is time. Answers whether something else is shown from now on. */
  look(): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedMs < EVERY_MS) return false;
    this.#lookedMs = nowMs;
    const refused = this.#ask();
    if (JSON.stringify(refused) === JSON.stringify(this.#shown)) return false;
    this.#shown = refused;
    return true;
  }
}
