/**
 * The list of refused clients for viewers, updated slowly so that a flood of the hub does not flood
 * its viewers.
 */

import type { ClusterView } from "../../core/api/feed.ts";
import type { Clock } from "../../io/time/clock.ts";

type Refused = ClusterView["refused"];

/** The list is updated at most this often. */
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

  /** The last list. */
  get shown(): Refused {
    return this.#shown;
  }

  /** Updates the list if it is time. Returns whether it has changed. */
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
