/** Chance that can be repeated: the same seed makes the same choices. */

/** A stream of random numbers (mulberry32: good enough to choose instants, and short). */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  /** Any seed, or one of the environment's (`TEST_SEED`), to play a failure again. */
  constructor(seed = Number(Deno.env.get("TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31))) {
    this.seed = seed;
    this.#state = seed;
  }

  /** From 0 to less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** So many different ones of them, in random order. */
  choose<T>(all: readonly T[], count: number): readonly T[] {
    const rest = [...all];
    return Array.from(
      { length: Math.min(count, rest.length) },
      () => rest.splice(Math.floor(this.next() * rest.length), 1),
    ).flat();
  }

  /** Another stream, for somebody who chooses at the same time. */
  fork(): SeededRandom {
    return new SeededRandom(Math.floor(this.next() * 2 ** 31));
  }
}
