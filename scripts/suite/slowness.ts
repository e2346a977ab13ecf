/** How slow this machine is now, so that tests wait in proportion. */

/** Hands a measured slowness to the tests that a run starts. */
export const SLOWNESS_VARIABLE = "TEST_SLOWNESS";

/** What the tests' limits were chosen on: a quiet core does so many rounds in a millisecond. */
const ROUNDS_PER_MS = 600_000;
/** About 80 ms on that core: long enough to be interrupted by whatever else runs. */
const ROUNDS = 50_000_000;
const WARM_UP_ROUNDS = 1_000_000;
/** The middle one counts: a single pause is no slow machine. */
const SAMPLES = 3;
/** A run measures again after so long, because what else runs begins and ends. */
const VALID_MS = 15_000;

/** 1 on a quiet machine, 3 on one that has a third of its speed left. Never less than 1. */
export function measureSlowness(): number {
  work(WARM_UP_ROUNDS);
  return Math.max(1, middleOf(Array.from({ length: SAMPLES }, sample)));
}

/** Measures during a run, and lets neither a single burst nor a single lull decide. */
export class SlownessMeter {
  readonly #measured: number[] = [];
  #atMs = -Infinity;

  /** As `measureSlowness`: the middle one of the last measurements. Blocks for 0.3 s now and then. */
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

/** Arithmetic that no compiler leaves out: each round needs the one before it. */
function work(rounds: number): number {
  let mixed = 1;
  for (let round = 0; round < rounds; round++) {
    mixed = (Math.imul(mixed ^ (mixed >>> 15), 2_246_822_519) + round) | 0;
  }
  return mixed;
}
