/** What can be clicked: plain, the main one of a form, quiet, or one that takes something away. */

import type { ComponentChildren, JSX } from "preact";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly look?: "plain" | "main" | "quiet" | "danger";
  readonly type?: "button" | "submit";
  /** Something is under way: another click would do it twice. */
  readonly busy?: boolean;
  /** For a switch: whether it is on. */
  readonly pressed?: boolean;
  /** What a screen reader says when the words alone do not tell. */
  readonly label?: string;
}

export function Button(
  { children, onClick, look = "plain", type = "button", busy = false, pressed, label }: ButtonProps,
): JSX.Element {
  return (
    <button
      type={type}
      class={`button look-${look}`}
      disabled={busy}
      onClick={onClick}
      aria-pressed={pressed}
      aria-label={label}
    >
      {children}
    </button>
  );
}
