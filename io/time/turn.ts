/** Lets others have their turn of the event loop. */

import { setImmediate } from "node:timers";

/**
 * Resolves when timers and signals have had their turn. Deno answers what waits already, such as a
 * read, without one: a loop over a backlog would keep them from theirs for as long as it lasts.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
