/** A link to a view of the page. */

import type { ComponentChildren, JSX } from "preact";
import { pathOf, type Route } from "../routing/route.ts";

interface RouteLinkProps {
  readonly to: Route;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** The view that the reader is at. */
  readonly current?: boolean;
}

/** A plain link: the router takes its click, and a new tab opens it too. */
export function RouteLink({ to, children, class: style, current }: RouteLinkProps): JSX.Element {
  return (
    <a href={pathOf(to)} class={style} aria-current={current ? "page" : undefined}>{children}</a>
  );
}
