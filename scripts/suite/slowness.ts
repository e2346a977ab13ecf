/** How slow this machine is now. Time limits of tests are scaled by it. */

/** The variable that passes the measured slowness to the tests of a run. */
export const SLOWNESS_VARIABLE = "TEST_SLOWNESS";

/** Rounds in a millisecond on the quiet core for which the tests' limits were chosen. */
const ROUNDS_PER_MS = 600_000;
/** About 80 ms on that core, long enough to be interrupted by other programs. */
const ROUNDS = 50_000_000;
const WARM_UP_ROUNDS = 1_000_000;
/** The median counts, because a single pause does not make a slow machine. */
const SAMPLES = 3;
/** A run measures again after this time, because other programs start and end. */
const VALID_MS = 15_000;

/** 1 on a quiet machine, 3 on a machine at a third of that speed. Never less than 1. */
export function measureSlowness(): number {
  work(WARM_UP_ROUNDS);
  return Math.max(1, middleOf(Array.from({ length: SAMPLES }, sample)));
}

/** Measures repeatedly during a run, so that a single short change of the load does not count. */
export class SlownessMeter {
  readonly #measured: number[] = [];
  #atMs = -Infinity;

  /** Like `measureSlowness`: the median of the last measurements. Sometimes blocks for 0.3 s. */
  now(): number {
    const nowMs = performance.now();
    if (nowMs - this.#atMs >= VALID_MS) {
      this.#measured.unshift(measureSlowness());
      this.#measured.length = Math.min(this.#measured.length, SAMPLES);
      this.#atMs = nowMs;
    }
    return middleOf(this.#measured);
  }
}

function middleOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 1;
}

function sample(): number {
  const startedMs = performance.now();
  work(ROUNDS);
  return (performance.now() - startedMs) * ROUNDS_PER_MS / ROUNDS;
}

/** Arithmetic that no compiler can skip, because each round needs the previous one. */
function work(rounds: number): number {
  let mixed = 1;
  for (let round = 0; round < rounds; round++) {
    mixed = (Math.imul(mixed ^ (mixed >>> 15), 2_246_822_519) + round) | 0;
  }
  return mixed;
}
