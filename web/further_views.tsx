/** The other views. They are in a separate file, which is loaded after the first view is shown. */

import type { JSX } from "preact";
import { AddPage } from "./add_page/add_page.tsx";
import { AlarmPage } from "./alarm_page/alarm_page.tsx";
import { IncidentsPage } from "./incidents_page/incidents_page.tsx";
import { NodePage } from "./node_page/node_page.tsx";
import type { Route } from "./routing/route.ts";
import { SessionsPage } from "./sessions_page/sessions_page.tsx";
import type { ViewProps } from "./shell/view_props.ts";
import { FURTHER_AREAS } from "./texts/further/further.ts";
import { learn } from "./texts/texts.ts";

learn(FURTHER_AREAS);

export type FurtherRoute = Exclude<Route, { readonly kind: "home" | "lost" }>;

export interface FurtherViewProps extends ViewProps {
  readonly route: FurtherRoute;
}

export function FurtherView({ route, ...props }: FurtherViewProps): JSX.Element {
  switch (route.kind) {
    case "node":
      return <NodePage key={route.id} {...props} id={route.id} />;
    case "incidents":
      return <IncidentsPage {...props} />;
    case "alarm":
      return <AlarmPage {...props} />;
    case "add":
      return <AddPage {...props} />;
    case "sessions":
      return <SessionsPage {...props} />;
  }
}
