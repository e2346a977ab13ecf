/** The heading of a view, which gets the focus when the reader arrives. */

import type { ComponentChildren, JSX } from "preact";

export function Heading({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <h1 class="heading" tabIndex={-1}>{children}</h1>;
}
