/** The page that the hub serves: composes state, feed and picture. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { Api } from "./api.ts";
import { App } from "./app.tsx";
import { feed } from "./live/feed_socket.ts";
import { Live } from "./live/live.ts";
import { Router } from "./router.ts";
import { showInTab } from "./shell/tab.ts";
import { languageOf, speak } from "./texts.ts";

/** Ages tick each second, each at its own instant: a slower clock would skip some. */
const TICK_MS = 250;

function main(): void {
  const root = document.querySelector("#app");
  if (!root) throw new Error('Cannot show the page: no element "#app" in index.html');
  const language = languageOf(navigator.languages);
  speak(language);
  document.documentElement.lang = language;
  const live = new Live(() => ({ monotonicMs: performance.now(), calendarMs: Date.now() }));
  const api = new Api(() => live.askLogin());
  const router = new Router();
  const stop = new AbortController();
  let welcome = () => {};
  const loggedIn = () => new Promise<void>((resolve) => welcome = resolve);
  const tick = () => live.tick();

  router.listen(stop.signal);
  setInterval(tick, TICK_MS);
  // The timers of a hidden tab are slow: whoever looks again must not see the second of before.
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("resume", tick);
  effect(() => showInTab(live, router));
  render(<App live={live} api={api} router={router} onWelcome={() => welcome()} />, root);
  void feed(live, loggedIn, stop.signal);
}

main();
