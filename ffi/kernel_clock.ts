/**
 * Converts the kernel's instants to the scale of performance.now(): both have the same rate but
 * another zero.
 */
import type { Libc } from "./libc.ts";

/** The two clocks are read one after the other; of this many readings the fastest one counts. */
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

  /** Returns an instant of CLOCK_MONOTONIC on the scale of performance.now(). */
  toPerformanceMs(monotonicNs: bigint): number {
    return Number(monotonicNs) / NS_PER_MS + this.#zeroMs;
  }
}
