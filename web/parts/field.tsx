/** An input with its label, a hint, and what is wrong with it. */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly onInput?: (value: string) => void;
  readonly hint?: ComponentChildren;
  /** Shown and read aloud at once. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly maxLength?: number;
  readonly placeholder?: string;
}

export function Field(
  { label, hint, error, onInput, ...input }: FieldProps,
): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        type="text"
        id={id}
        aria-describedby={`${id}-hint ${id}-error`}
        aria-invalid={error !== undefined}
        onInput={(event) => onInput?.(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="hint">{hint}</p>
      <p id={`${id}-error`} class="error" role="alert">{error}</p>
    </div>
  );
}
