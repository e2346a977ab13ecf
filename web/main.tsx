/** The page that the hub serves: composes state, feed and picture. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { feed } from "./live/feed_socket.ts";
import { Live } from "./live/live.ts";
import { signAddress } from "./verdict/sign.ts";

/** Ages tick each second, each at its own instant: a slower clock would skip some. */
const TICK_MS = 250;

function main(): void {
  const root = document.querySelector("#app");
  if (!root) throw new Error('Cannot show the page: no element "#app" in index.html');
  const live = new Live(() => ({ monotonicMs: performance.now(), calendarMs: Date.now() }));
  let welcome = () => {};
  const loggedIn = () => new Promise<void>((resolve) => welcome = resolve);
  const tick = () => live.tick();

  setInterval(tick, TICK_MS);
  // The timers of a hidden tab are slow: whoever looks again must not see the second of before.
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("resume", tick);
  effect(() => showInTab(live));
  render(<App live={live} onWelcome={() => welcome()} />, root);
  void feed(live, loggedIn, new AbortController().signal);
}

/** The tab's title and sign say what the verdict says. */
function showInTab(live: Live): void {
  const isLogin = live.link.value === "login";
  const { tone, deadCount, spoken } = live.verdict.value;
  const title = isLogin ? "Log in · RPi Cluster Alert" : spoken;
  // Written only when it changes: some browsers flash a tab whose title is written.
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const address = signAddress({ tone, deadCount });
  if (icon && icon.href !== address) icon.href = address;
}

main();
