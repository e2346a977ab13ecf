/** Shows the verdict in the browser's tab, by its title and its icon. */

import type { Live } from "../live/live.ts";
import type { Route } from "../routing/route.ts";
import type { Router } from "../routing/router.ts";
import { signAddress } from "../status/sign.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";

/** The maximum number of characters of a node's id. */
const ID_MAX = 80;

/** Updates both if they have changed; for an effect. */
export function showInTab(live: Live, router: Router): void {
  const { severity, deadCount } = live.verdict.value;
  const title = titleOf(live, router.route.value);
  // Written only when it changes, because some browsers flash a tab at each write.
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const address = signAddress({ severity, deadCount });
  if (icon && icon.href !== address) icon.href = address;
}

/** The verdict comes first, because a tab rarely shows the whole title. */
function titleOf(live: Live, route: Route): string {
  if (live.link.value === "login") return text("login.tabTitle");
  const verdict = live.verdict.value.spoken;
  const view = viewName(route);
  return view === undefined ? verdict : text("shell.tabTitle", { verdict, view });
}

function viewName(route: Route): string | undefined {
  switch (route.kind) {
    case "home":
      return undefined;
    case "node":
      return oneLine(route.id, ID_MAX);
    case "incidents":
      return text("shell.incidents");
    case "alarm":
      return text("shell.alarm");
    case "add":
      return text("shell.add");
    case "sessions":
      return text("shell.sessions");
    case "lost":
      return text("shell.lostTitle");
  }
}
