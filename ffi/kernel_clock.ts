/** The kernel's instants on the scale of performance.now(): both tick alike, from another zero. */
import type { Libc } from "./libc.ts";

/** The two clocks are read one after the other; the quickest of so many readings counts. */
const READINGS = 5;

const NS_PER_MS = 1e6;

export class KernelClock {
  readonly #zeroMs: number;

  /** Throws SystemError. */
  constructor(libc: Libc) {
    let zeroMs = 0;
    let leastMs = Infinity;
    for (let reading = 0; reading < READINGS; reading++) {
      const before = performance.now();
      const kernelMs = Number(libc.monotonicNs()) / NS_PER_MS;
      const tookMs = performance.now() - before;
      if (tookMs >= leastMs) continue;
      leastMs = tookMs;
      zeroMs = before + tookMs / 2 - kernelMs;
    }
    this.#zeroMs = zeroMs;
  }

  /** An instant of CLOCK_MONOTONIC as performance.now() would have told it. */
  toPerformanceMs(monotonicNs: bigint): number {
    return Number(monotonicNs) / NS_PER_MS + this.#zeroMs;
  }
}
