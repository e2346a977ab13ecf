/** A part of a view with its own heading. */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface SectionProps {
  readonly heading: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Section({ heading, children, class: style = "" }: SectionProps): JSX.Element {
  const id = useId();
  return (
    <section class={`section ${style}`} aria-labelledby={id}>
      <h2 id={id}>{heading}</h2>
      {children}
    </section>
  );
}
