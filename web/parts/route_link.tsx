/** A link to a view of the page. */

import type { ComponentChildren, JSX } from "preact";
import { pathOf, type Route } from "../routing/route.ts";

interface RouteLinkProps {
  readonly to: Route;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** It links to the current view. */
  readonly current?: boolean;
}

/** A plain link: the router handles its click, and it can also open in a new tab. */
export function RouteLink({ to, children, class: style, current }: RouteLinkProps): JSX.Element {
  return (
    <a href={pathOf(to)} class={style} aria-current={current ? "page" : undefined}>{children}</a>
  );
}
