/** Lets a crowd pass a few at a time, so that the event loop can do other work in between. */

import { turn } from "../../io/time/turn.ts";

/**
 * Passes per turn of the event loop. A request costs about as much as the heartbeats of ten nodes.
 */
const PASS_AT_ONCE = 4;

export class Turnstile {
  #waiting: (() => void)[] = [];
  #isTurning = false;

  /** Resolves when it is the caller's turn, first come, first served. */
  async pass(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (!this.#isTurning) void this.#letThrough();
    await promise;
  }

  async #letThrough(): Promise<void> {
    this.#isTurning = true;
    while (this.#waiting.length > 0) {
      for (const resolve of this.#waiting.splice(0, PASS_AT_ONCE)) resolve();
      await turn();
    }
    this.#isTurning = false;
  }
}
