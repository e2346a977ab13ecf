/** How long an observer waits for nodes that it has not heard yet. */

/** Of a cluster that is switched on together the slowest Pi is up after this long. */
const BOOT_MS = 120_000;
/** After a mere restart of the observer. */
const RESTART_MS = 10_000;

/**
 * Milliseconds. After a power cut all Pis boot at once, and not equally fast: an observer whose own
 * machine has just booted gives the others the rest of the time that they may need for it.
 */
export function firstGraceMs(): number {
  return Math.max(RESTART_MS, BOOT_MS - Deno.osUptime() * 1000);
}
