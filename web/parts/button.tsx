/** A button: plain, the main one of a form, quiet, or one that removes something. */

import type { ComponentChildren, JSX } from "preact";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly look?: "plain" | "main" | "quiet" | "danger";
  readonly type?: "button" | "submit";
  /** The action is in progress; another click would repeat it. */
  readonly busy?: boolean;
  /** For a switch: whether it is on. */
  readonly pressed?: boolean;
  /** The text for a screen reader when the visible text is not enough. */
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
