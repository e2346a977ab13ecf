/** A choice between a few values, as a bar of radio buttons. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface ChoiceProps<One extends string> {
  readonly label: string;
  readonly choices: readonly One[];
  readonly chosen: Signal<One>;
  readonly words: (one: One) => string;
}

export function Choice<One extends string>(
  { label, choices, chosen, words }: ChoiceProps<One>,
): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {choices.map((one) => (
        <label key={one}>
          <input
            class="unseen"
            type="radio"
            name={name}
            checked={chosen.value === one}
            onChange={() => chosen.value = one}
          />
          <span>{words(one)}</span>
        </label>
      ))}
    </fieldset>
  );
}
