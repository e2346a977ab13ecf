/** How many presses of others are believed: whoever stole a Pi presses its button without end. */

/** So many in a row are believed: people press twice, and one Pi may die after another. */
export const PRESSES_MAX = 5;
/** After those one in this time. */
export const PRESS_EVERY_MS = 10 * 60_000;

/** Instants are monotonic. */
export interface PressBudget {
  /** When it is whole again, unless somebody presses. */
  fullMs: number;
}

export function newPressBudget(): PressBudget {
  return { fullMs: -Infinity };
}

/** Takes one press out of the budget; false when none is left, which costs nothing. */
export function takePress(budget: PressBudget, nowMs: number): boolean {
  const fullMs = Math.max(budget.fullMs, nowMs) + PRESS_EVERY_MS;
  if (fullMs - nowMs > PRESSES_MAX * PRESS_EVERY_MS) return false;
  budget.fullMs = fullMs;
  return true;
}
