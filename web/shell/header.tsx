/** The top of the page: its title, its views, and whether it is live. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Live } from "../live/live.ts";
import { logOut } from "../login/session.ts";
import { Button } from "../parts/button.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import type { Route } from "../routing/route.ts";
import type { Router } from "../routing/router.ts";
import { text } from "../texts/texts.ts";
import { clockText } from "../words/instant.ts";

interface HeaderProps {
  readonly live: Live;
  readonly router: Router;
}

export function Header({ live, router }: HeaderProps): JSX.Element {
  const isLive = live.link.value === "live";
  return (
    <header class="top">
      <p class="brand">{text("shell.name")}</p>
      <Navigation route={router.route.value} guest={live.guest.value} />
      <p class={isLive ? "link is-live" : "link"}>
        {text(isLive ? "shell.live" : "shell.notLive")}
        {isLive && <HubTime live={live} />}
      </p>
      {live.guest.value
        ? <Button look="quiet" onClick={() => live.askLogin()}>{text("login.logIn")}</Button>
        : <Button look="quiet" onClick={() => void logOut()}>{text("login.logOut")}</Button>}
    </header>
  );
}

interface NavigationProps {
  readonly route: Route;
  readonly guest: boolean;
}

/** The links to the views; guests see no links to pages that they cannot use. */
function Navigation({ route, guest }: NavigationProps): JSX.Element {
  const places = [
    { to: { kind: "home" }, words: text("shell.overview"), open: true },
    { to: { kind: "incidents" }, words: text("shell.incidents"), open: true },
    { to: { kind: "alarm" }, words: text("shell.alarm"), open: false },
    { to: { kind: "add" }, words: text("shell.add"), open: false },
    { to: { kind: "sessions" }, words: text("shell.sessions"), open: false },
  ] as const;
  return (
    <nav class="places" aria-label={text("shell.views")}>
      <ul>
        {places.filter(({ open }) => open || !guest).map(({ to, words }) => (
          <li key={to.kind}>
            <RouteLink to={to} current={route.kind === to.kind}>{words}</RouteLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The hub's clock, which ticks, so that a person sees that the page is live. */
function HubTime({ live }: { readonly live: Live }): JSX.Element {
  const time = useComputed(() => clockText(new Date(live.hubNowMs.value).toISOString()));
  return <span class="hub-time">{time}</span>;
}
