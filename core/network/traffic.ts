/** How much a connection carries now. */

/** Bytes of this time ago count a third. */
const MEMORY_MS = 1000;

/** Instants are monotonic milliseconds. */
export class Traffic {
  #bytesPerS = 0;
  #atMs = -Infinity;

  /** Counts these bytes, and returns the bytes a second until now. */
  count(bytes: number, nowMs: number): number {
    this.#bytesPerS *= Math.exp((this.#atMs - nowMs) / MEMORY_MS);
    this.#bytesPerS += bytes * 1000 / MEMORY_MS;
    this.#atMs = nowMs;
    return this.#bytesPerS;
  }
}
