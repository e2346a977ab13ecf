/** The view of all incidents. */

import type { JSX } from "preact";
import { Heading } from "../parts/heading.tsx";
import { text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";

export function IncidentsPage(_props: ViewProps): JSX.Element {
  return <Heading>{text("incidentsPage.title")}</Heading>;
}
