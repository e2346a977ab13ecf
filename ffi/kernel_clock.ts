/**
 * Converts the kernel's instants to the scale of performance.now(): both have the same rate but
 * another zero.
 */
import type { Syscalls } from "./syscalls.ts";

/** The two clocks are read one after the other; of this many readings the fastest one counts. */
const READINGS = 5;

/** The readings of two clocks differ by less. */
const SLACK_MS = 1_000;

const NS_PER_MS = 1e6;

export class KernelClock {
  readonly #zeroMs: number;

  /** Throws SystemError. */
  constructor(system: Syscalls) {
    let zeroMs = 0;
    let leastMs = Infinity;
    for (let reading = 0; reading < READINGS; reading++) {
      const before = performance.now();
      const kernelMs = Number(system.monotonicNs()) / NS_PER_MS;
      const tookMs = performance.now() - before;
      if (tookMs >= leastMs) continue;
      leastMs = tookMs;
      zeroMs = before + tookMs / 2 - kernelMs;
    }
    this.#zeroMs = zeroMs;
  }

  /**
   * Returns an instant in the past, of CLOCK_MONOTONIC, on the scale of performance.now(). Kernels
   * before 5.7 give the edges of uAPI v1 the time of the wall clock, which would be far ahead.
   */
  toPerformanceMs(kernelNs: bigint): number {
    const kernelMs = Number(kernelNs) / NS_PER_MS;
    const nowMs = performance.now();
    const atMs = kernelMs + this.#zeroMs;
    return atMs <= nowMs + SLACK_MS ? atMs : kernelMs - Date.now() + nowMs;
  }
}
