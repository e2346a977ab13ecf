/** The view of logged-in browsers. */

import type { JSX } from "preact";
import { Heading } from "../parts/heading.tsx";
import { text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";

export function SessionsPage(_props: ViewProps): JSX.Element {
  return <Heading>{text("sessionsPage.title")}</Heading>;
}
