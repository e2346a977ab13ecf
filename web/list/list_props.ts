/** The properties of a list of nodes. */

import type { JSX } from "preact";

export interface ListProps {
  readonly ids: readonly string[];
  /** The minimum width of an item in pixels. It determines the number of columns. */
  readonly widthMin: number;
  /** The assumed height of a line in pixels, until one was measured. */
  readonly heightGuess: number;
  readonly gap: number;
  readonly render: (id: string) => JSX.Element;
}
