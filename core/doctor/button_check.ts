/** Whether a push button does what its owner does, judged by the edges of its line. */

/** A change of the button's line, dated by a clock that never leaps. Active means pressed. */
export interface ButtonEdge {
  readonly active: boolean;
  readonly atMs: number;
}

/** Since when it is pressed; `undefined` while it is not. */
export interface ButtonCheck {
  readonly pressedAtMs: number | undefined;
}

export interface ButtonReport {
  readonly check: ButtonCheck;
  /** What to tell the person; `undefined` for a bounce of the contacts. */
  readonly said: string | undefined;
  /** It was pressed and released: it works. */
  readonly works: boolean;
}

/** Contacts bounce for some milliseconds; no finger is as quick. */
const BOUNCE_MS = 20;

export const UNTOUCHED: ButtonCheck = { pressedAtMs: undefined };

/** What an edge means after those before it. */
export function checkEdge(check: ButtonCheck, { active, atMs }: ButtonEdge): ButtonReport {
  if (active) {
    if (check.pressedAtMs !== undefined) return { check, said: undefined, works: false };
    return { check: { pressedAtMs: atMs }, said: "pressed", works: false };
  }
  if (check.pressedAtMs === undefined) return { check, said: undefined, works: false };
  const heldMs = atMs - check.pressedAtMs;
  if (heldMs < BOUNCE_MS) return { check, said: undefined, works: false };
  return { check: UNTOUCHED, said: `released after ${Math.round(heldMs)} ms`, works: true };
}
