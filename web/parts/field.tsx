/** An input with its label, a hint, and an error. */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { firstCharacters } from "../words/shown_name.ts";

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
  /**
   * Characters as people count them; the browser's own `maxlength` counts an emoji as two or more.
   */
  readonly charactersMax: number;
  readonly placeholder?: string;
}

export function Field(
  { label, hint, error, charactersMax, onInput, ...input }: FieldProps,
): JSX.Element {
  const id = useId();
  const take = (element: HTMLInputElement) => {
    const value = firstCharacters(element.value, charactersMax);
    if (value !== element.value) element.value = value;
    onInput?.(value);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        type="text"
        id={id}
        aria-describedby={`${id}-hint ${id}-error`}
        aria-invalid={error !== undefined}
        onInput={(event) => {
          // Text that is still being composed, such as a syllable of Hangul, must not be cut.
          if (!event.isComposing) take(event.currentTarget);
        }}
        onCompositionEnd={(event) => take(event.currentTarget)}
      />
      <p id={`${id}-hint`} class="hint">{hint}</p>
      <p id={`${id}-error`} class="error" role="alert">{error}</p>
    </div>
  );
}
