/** Limits of time that do not run while the program itself does not. */

import type { Clock } from "./clock.ts";

/** How much of a limit passes at a time. */
const STEP_MS = 250;

/**
 * Calls back once, when the program has run for `ms` milliseconds, until disposed. However long it hangs
 * (its own start, a busy machine, SIGSTOP), that counts as one step: what came meanwhile is read
 * before the next one, so that nobody is blamed for a late answer that waits to be read.
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
