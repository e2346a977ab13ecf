/** A labelled selection of one value. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface SelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly text: string }[];
  readonly onChoice: (value: Value) => void;
}

export function Select<Value extends string>(
  { label, value, choices, onChoice }: SelectProps<Value>,
): JSX.Element {
  const id = useId();
  const choose = (chosen: string) => {
    const choice = choices.find((one) => one.value === chosen);
    if (choice !== undefined) onChoice(choice.value);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>{choice.text}</option>
        ))}
      </select>
    </div>
  );
}
