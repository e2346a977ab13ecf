/** Waits for what must happen, with a deadline and an error that says what did not. */

import { patience, renewedPatience } from "./patience.ts";

const WITHIN_MS = 45_000;
const LOOK_MS = 5;
/** A look that costs something, such as a request, takes a tenth of the time: others run as well. */
const LOOK_PAUSES = 9;
/** What lasts for a moment only must not be missed. */
const LOOK_PAUSE_MS_MAX = 100;

export interface Deadline {
  /** On a quiet machine; `patience` says what that is on this one. */
  readonly withinMs?: number;
}

/**
 * Resolves as soon as `condition` holds, to what it answered. `what` completes the sentence "waited
 * 135000 ms for ...".
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  { withinMs = WITHIN_MS }: Deadline = {},
): Promise<T> {
  const startedMs = performance.now();
  let limitMs = patience(withinMs);
  for (;;) {
    const lookedMs = performance.now();
    const answer = await condition();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    const nowMs = performance.now();
    if (nowMs - startedMs > limitMs) {
      // Other work may have begun since the limit was set.
      const renewedMs = renewedPatience(withinMs);
      if (renewedMs <= limitMs) throw new Error(`waited ${limitMs} ms for ${what}`);
      limitMs = renewedMs;
    }
    const lookMs = nowMs - lookedMs;
    const pauseMs = Math.min(LOOK_PAUSE_MS_MAX, Math.max(LOOK_MS, LOOK_PAUSES * lookMs));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** What `promise` resolves to, or an error when it has not settled in time. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  { withinMs = WITHIN_MS }: Deadline = {},
): Promise<T> {
  const limitMs = patience(withinMs);
  const late = Promise.withResolvers<never>();
  const expire = (waitedMs: number) => {
    const renewedMs = renewedPatience(withinMs);
    if (renewedMs <= waitedMs) late.reject(new Error(`waited ${waitedMs} ms for ${what}`));
    else timer = setTimeout(expire, renewedMs - waitedMs, renewedMs);
  };
  let timer = setTimeout(expire, limitMs, limitMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
