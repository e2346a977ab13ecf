/** The view of one node. */

import type { JSX } from "preact";
import { Heading } from "../parts/heading.tsx";
import { oneLine } from "../words/shown_name.ts";
import type { ViewProps } from "../view_props.ts";

/** Characters of an id that is not known. */
const ID_MAX = 80;

export function NodePage({ id }: ViewProps & { readonly id: string }): JSX.Element {
  return (
    <Heading>
      <bdi class="name">{oneLine(id, ID_MAX)}</bdi>
    </Heading>
  );
}
