/** Yields to other tasks of the event loop. */

import { setImmediate } from "node:timers";

/**
 * Resolves when timers and signals have had a turn. Deno completes an operation with waiting data,
 * such as a read, without such a turn: a loop over a backlog would block them until its end.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
