/** The whole page: the frame of every view, and the view of the current address. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Home } from "./home/home.tsx";
import { LaterView, loadFurtherViews } from "./later_view.tsx";
import { Login } from "./login/login.tsx";
import { Heading } from "./parts/heading.tsx";
import { RouteLink } from "./parts/route_link.tsx";
import { Header } from "./shell/header.tsx";
import { PlainNote } from "./shell/plain_note.tsx";
import type { ViewProps } from "./shell/view_props.ts";
import { ZoneNote } from "./shell/zone_note.tsx";
import { text } from "./texts/texts.ts";
import { NotificationLine } from "./verdict/notification_line.tsx";
import { VerdictStrip } from "./verdict/verdict_strip.tsx";
import { oneLine } from "./words/shown_name.ts";

/** The maximum number of characters shown of an unknown address. */
const ADDRESS_MAX = 120;

interface AppProps extends ViewProps {
  readonly onWelcome: () => void;
}

export function App({ onWelcome, ...props }: AppProps): JSX.Element {
  const { live, router } = props;
  const arrivals = router.arrivals.value;
  useEffect(() => {
    // After a link the focus goes to the new view's heading; after loading the page it stays at the
    // top.
    if (arrivals > 0) document.querySelector("h1")?.focus({ preventScroll: true });
  }, [arrivals]);
  const isKnown = live.known.value;
  useEffect(() => {
    // Loads after the verdict, so that the other views are ready when needed.
    if (isKnown) void loadFurtherViews();
  }, [isKnown]);
  if (live.link.value === "login") {
    return <Login onWelcome={onWelcome} note={<PlainNote api={props.api} />} />;
  }
  const isHome = router.route.value.kind === "home";
  return (
    <div class={live.stale.value ? "page stale" : "page"}>
      <a class="skip" href="#content">{text("shell.skip")}</a>
      <Header live={live} router={router} />
      <main id="content">
        <ZoneNote live={live} />
        <PlainNote api={props.api} />
        {!isHome && <VerdictStrip verdict={live.verdict} />}
        {!isHome && (
          <NotificationLine notification={live.notification.value} isGuest={live.guest.value} />
        )}
        <View {...props} />
      </main>
      {/* Read aloud when it changes. It leaves out ages, which change the sentence on the page all the time. */}
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
    case "lost":
      return (
        <>
          <Heading>{text("shell.lostTitle")}</Heading>
          <p>{text("shell.lostHint", { address: oneLine(route.path, ADDRESS_MAX) })}</p>
          <p>
            <RouteLink to={{ kind: "home" }}>{text("shell.lostBack")}</RouteLink>
          </p>
        </>
      );
    default:
      return <LaterView {...props} route={route} />;
  }
}
