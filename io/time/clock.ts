/** The only place that reads the time. */

/** Monotonic time for decisions, wall-clock time for what leaves the process. In milliseconds. */
export interface Clock {
  /** Monotonic: it never steps, unlike the wall clock of a Pi without a battery clock. */
  nowMs(): number;
  /**
   * Converts a monotonic instant to wall-clock time (ms since 1970), based on the present wall
   * clock.
   */
  wallMs(atMs: number): number;
  /** Calls back once at a monotonic instant until disposed; never for `Infinity`. */
  callAt(atMs: number, callback: () => void): Disposable;
}

/** setTimeout cannot wait longer than a signed 32-bit number of milliseconds. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: (atMs) => Date.now() - (performance.now() - atMs),
  callAt(atMs, callback) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arm = () => {
      const waitMs = atMs - performance.now();
      if (waitMs > TIMEOUT_MS_MAX) timer = setTimeout(arm, TIMEOUT_MS_MAX);
      else timer = setTimeout(callback, Math.max(0, waitMs));
    };
    if (atMs !== Infinity) arm();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves at a monotonic instant, or as soon as `stop` aborts. */
export async function sleepUntil(clock: Clock, atMs: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  stop.addEventListener("abort", wake, { once: true });
  using _alarm = clock.callAt(atMs, wake);
  await promise;
  stop.removeEventListener("abort", wake);
}

/** Converts a wall-clock time to a monotonic instant, based on the present wall clock. */
export function monotonicMs(clock: Clock, wallMs: number): number {
  return wallMs - clock.wallMs(0);
}
