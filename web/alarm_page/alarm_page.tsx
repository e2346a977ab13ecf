/** The view of lights, buzzers and test messages. */

import type { JSX } from "preact";
import { Heading } from "../parts/heading.tsx";
import { text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";

export function AlarmPage(_props: ViewProps): JSX.Element {
  return <Heading>{text("alarmPage.title")}</Heading>;
}
