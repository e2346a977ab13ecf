/** Whether a push button works, judged by the edges of its line. */

/** A change of the button's line, dated by a monotonic clock. Active means pressed. */
export interface ButtonEdge {
  readonly active: boolean;
  readonly atMs: number;
}

/** Since when it is pressed; `undefined` if it is not. */
export interface ButtonCheck {
  readonly pressedAtMs: number | undefined;
}

export interface ButtonReport {
  readonly check: ButtonCheck;
  /** The text for the person; `undefined` for a bounce of the contacts. */
  readonly text: string | undefined;
  /** It was pressed and released, so it works. */
  readonly works: boolean;
}

/** Contacts bounce for some milliseconds. A person is slower than this. */
const BOUNCE_MS = 20;

export const NOT_PRESSED: ButtonCheck = { pressedAtMs: undefined };

/** Processes the next edge. */
export function checkEdge(check: ButtonCheck, { active, atMs }: ButtonEdge): ButtonReport {
  if (active) {
    if (check.pressedAtMs !== undefined) return { check, text: undefined, works: false };
    return { check: { pressedAtMs: atMs }, text: "pressed", works: false };
  }
  if (check.pressedAtMs === undefined) return { check, text: undefined, works: false };
  const heldMs = atMs - check.pressedAtMs;
  if (heldMs < BOUNCE_MS) return { check, text: undefined, works: false };
  return { check: NOT_PRESSED, text: `released after ${Math.round(heldMs)} ms`, works: true };
}
