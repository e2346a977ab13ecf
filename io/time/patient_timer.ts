/** Time limits that do not run while the program itself is stalled. */

import type { Clock } from "./clock.ts";

/** The part of a limit that passes at a time. */
const STEP_MS = 250;

/**
 * Calls back once when the program has run for `ms` milliseconds, until disposed. A stall (a slow
 * start, a busy machine, SIGSTOP) counts as one step, however long it lasts. Input that arrived
 * meanwhile is read before the next step, so that no answer counts as late while it waits to be
 * read.
 */
export function callAfterRunning(clock: Clock, ms: number, callback: () => void): Disposable {
  let leftMs = ms;
  let alarm: Disposable | undefined;
  const arm = () => {
    const stepMs = Math.min(STEP_MS, leftMs);
    alarm = clock.callAt(clock.nowMs() + stepMs, () => {
      leftMs -= stepMs;
      if (leftMs <= 0) callback();
      else arm();
    });
  };
  arm();
  return { [Symbol.dispose]: () => alarm?.[Symbol.dispose]() };
}
