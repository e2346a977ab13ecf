/** The page that the hub serves: composes state, feed and rendering. */

import { effect } from "@preact/signals";
import { options, render } from "preact";
import { App } from "./app.tsx";
import { Attention } from "./device/attention.ts";
import { watchPrinting } from "./list/printing.ts";
import { Api } from "./live/api.ts";
import { feed } from "./live/feed_socket.ts";
import { Live } from "./live/live.ts";
import { Router } from "./routing/router.ts";
import { showInTab } from "./shell/tab.ts";
import { languageOf, speak } from "./texts/texts.ts";

/** Ages tick each second, each at its own time; a slower clock would skip some. */
const TICK_MS = 250;

function main(): void {
  const root = document.querySelector("#app");
  if (!root) throw new Error('Cannot show the page: no element "#app" in index.html');
  const language = languageOf(navigator.languages);
  speak(language);
  document.documentElement.lang = language;
  const live = new Live(() => ({ monotonicMs: performance.now(), calendarMs: Date.now() }));
  // A reader who may view without a login continues to view when another request is refused.
  const api = new Api(() => live.guest.peek() || live.askLogin());
  const router = new Router();
  const attention = new Attention();
  const stop = new AbortController();
  let welcome = () => {};
  const loggedIn = () => new Promise<void>((resolve) => welcome = resolve);
  const tick = () => live.tick();

  options.debounceRendering = perFrame;
  watchPrinting(stop.signal);
  router.listen(stop.signal);
  setInterval(tick, TICK_MS);
  // A hidden tab has slow timers, so a reader who returns would see an old second.
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("resume", tick);
  effect(() => showInTab(live, router));
  attention.follow(live, stop.signal);
  render(<App {...{ live, api, router, attention }} onWelcome={() => welcome()} />, root);
  void feed(live, loggedIn, stop.signal);
}

/** All changes within a frame are rendered once; an invisible page has no frames. */
function perFrame(renderAll: () => void): void {
  if (document.visibilityState === "visible") requestAnimationFrame(renderAll);
  else setTimeout(renderAll);
}

main();
