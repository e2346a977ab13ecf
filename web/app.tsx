/** The whole page: what stands around every view, and the view of the address. */

import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { JSX } from "preact";
import { AddPage } from "./add_page/add_page.tsx";
import { AlarmPage } from "./alarm_page/alarm_page.tsx";
import { Home } from "./home/home.tsx";
import { IncidentsPage } from "./incidents_page/incidents_page.tsx";
import { Login } from "./login/login.tsx";
import { NodePage } from "./node_page/node_page.tsx";
import { Heading } from "./parts/heading.tsx";
import { SessionsPage } from "./sessions_page/sessions_page.tsx";
import { Header } from "./shell/header.tsx";
import { text } from "./texts.ts";
import { VerdictStrip } from "./verdict/verdict_strip.tsx";
import type { ViewProps } from "./view_props.ts";
import { oneLine } from "./words/shown_name.ts";

/** Characters of an address that leads nowhere. */
const ADDRESS_MAX = 120;

interface AppProps extends ViewProps {
  readonly onWelcome: () => void;
}

export function App({ onWelcome, ...props }: AppProps): JSX.Element {
  const { live, router } = props;
  const arrivals = router.arrivals.value;
  useEffect(() => {
    // Whoever arrives by a link goes on reading there; whoever loads the page starts at its top.
    if (arrivals > 0) document.querySelector("h1")?.focus({ preventScroll: true });
  }, [arrivals]);
  if (live.link.value === "login") return <Login onWelcome={onWelcome} />;
  const isHome = router.route.value.kind === "home";
  return (
    <div class={live.stale.value ? "page stale" : "page"}>
      <a class="skip" href="#content">{text("shell.skip")}</a>
      <Header live={live} router={router} />
      <main id="content">
        {!isHome && <VerdictStrip verdict={live.verdict} />}
        <View {...props} />
      </main>
      {/* Read aloud when it changes; the sentence on the page also changes as time passes. */}
      <Spoken live={live} />
    </div>
  );
}

function Spoken({ live }: Pick<ViewProps, "live">): JSX.Element {
  const spoken = useComputed(() => live.verdict.value.spoken);
  return <p class="unseen" role="status" aria-live="polite">{spoken}</p>;
}

function View(props: ViewProps): JSX.Element {
  const route = props.router.route.value;
  switch (route.kind) {
    case "home":
      return <Home {...props} />;
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
    case "lost":
      return (
        <>
          <Heading>{text("shell.lostTitle")}</Heading>
          <p>{text("shell.lostHint", { address: oneLine(route.path, ADDRESS_MAX) })}</p>
        </>
      );
  }
}
