/** How the hub's last run ended, stored as a fact that outlives the hub. */

import type { Store } from "./store/store.ts";

const ENDED_FACT = "ended";
const IN_ORDER = "in order";
const RUNNING = "not yet";

/** Starts this run. Returns whether the last one ended in order. */
export function beginRun(store: Store): boolean {
  const wasEndedInOrder = store.facts.get(ENDED_FACT) === IN_ORDER;
  store.facts.set(ENDED_FACT, RUNNING);
  return wasEndedInOrder;
}

/** Records that this run ends in order. */
export function endRun(store: Store): void {
  store.facts.set(ENDED_FACT, IN_ORDER);
}

/**
 * Reads from the database. It hangs when the database hangs, so that the watchdog notices. An error
 * of the database is no reason to kill the hub.
 */
export function probeDatabase(store: Store): void {
  try {
    store.facts.get(ENDED_FACT);
  } catch {
    // The users of the database report its errors.
  }
}
