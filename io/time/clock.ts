/** The only place that knows what time it is. */

/** Monotonic time for decisions, calendar time for what leaves the process. Milliseconds. */
export interface Clock {
  /** Monotonic: never leaps, unlike the calendar of a Pi that has no battery clock. */
  nowMs(): number;
  /** The calendar time (ms since 1970) of a monotonic instant, by what the calendar says now. */
  wallMs(atMs: number): number;
  /** Calls back once at a monotonic instant, never if that is `Infinity`, until disposed. */
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

/** The monotonic instant of a calendar time, by what the calendar says now. */
export function monotonicMs(clock: Clock, wallMs: number): number {
  return wallMs - clock.wallMs(0);
}
