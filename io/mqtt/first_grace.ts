/** How long an observer waits for nodes that it has not heard yet. */

/** When a whole cluster is switched on, the slowest Pi is up within this time. */
const BOOT_MS = 120_000;
/** The time after a restart of the observer alone. */
const RESTART_MS = 10_000;

/**
 * Returns milliseconds. After a power cut all Pis boot together, but not equally fast: an observer
 * whose own machine has just booted gives the others the rest of the boot time.
 */
export function firstGraceMs(): number {
  return Math.max(RESTART_MS, BOOT_MS - Deno.osUptime() * 1000);
}
