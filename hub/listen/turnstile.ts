/** Lets a crowd through a few at a time, so that the event loop has its turns in between. */

import { turn } from "../../io/time/turn.ts";

/** In each turn of the event loop; a request costs about as much as hearing ten nodes. */
const PASS_AT_ONCE = 4;

export class Turnstile {
  #waiting: (() => void)[] = [];
  #isTurning = false;

  /** Resolves when it is one's turn, first come, first served. */
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
