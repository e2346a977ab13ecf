/** What a list of nodes is made of. */

import type { JSX } from "preact";

export interface ListProps {
  readonly ids: readonly string[];
  /** The least width of an item in pixels, from which follows how many stand beside each other. */
  readonly widthMin: number;
  /** The height of a line in pixels, until one was seen. */
  readonly heightGuess: number;
  readonly gap: number;
  readonly render: (id: string) => JSX.Element;
}
