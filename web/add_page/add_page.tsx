/** The view that adds a Pi. */

import type { JSX } from "preact";
import { Heading } from "../parts/heading.tsx";
import { text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";

export function AddPage(_props: ViewProps): JSX.Element {
  return <Heading>{text("addPage.title")}</Heading>;
}
