/** Waits for what must happen, with a deadline and an error that says what did not. */

/** On a busy machine with two slow cores everything takes its time. */
const WITHIN_MS = 45_000;
const LOOK_MS = 5;

export interface Deadline {
  readonly withinMs?: number;
}

/**
 * Resolves as soon as `condition` holds, to what it answered. `what` completes the sentence "waited
 * 45000 ms for ...".
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  { withinMs = WITHIN_MS }: Deadline = {},
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** What `promise` resolves to, or an error when it has not settled in time. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  { withinMs = WITHIN_MS }: Deadline = {},
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${withinMs} ms for ${what}`)),
    withinMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
