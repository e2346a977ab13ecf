/** The current view from the page's address, with the browser's own back and reload. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { pathOf, type Route, routeOf } from "./route.ts";

/** Follows the browser's address. There is one per page. */
export class Router {
  readonly #route = signal<Route>(routeOf(location.pathname));
  readonly #search = signal(location.search);
  readonly #arrivals = signal(0);

  readonly route: ReadonlySignal<Route> = this.#route;
  /** The part after the path: empty, or `?kind=node&open=1`. */
  readonly search: ReadonlySignal<string> = this.#search;
  /** Counts changes of the view; 0 is the first view after loading. */
  readonly arrivals: ReadonlySignal<number> = this.#arrivals;

  /** Follows links to views and the browser's back and forward until `stop`. */
  listen(stop: AbortSignal): void {
    // The browser would restore the scroll position before the view is rendered.
    history.scrollRestoration = "manual";
    addEventListener("popstate", ({ state }) => {
      this.#arrive();
      void scrollBack(state);
    }, { signal: stop });
    document.addEventListener("click", (event) => this.#click(event), { signal: stop });
  }

  /** Goes to a view like a click on a link. */
  go(route: Route): void {
    this.#push(pathOf(route));
  }

  /** Replaces the part after the path, where a view keeps its filter for reload and back. */
  setSearch(search: string): void {
    if (search === location.search) return;
    history.replaceState(history.state, "", `${location.pathname}${search}`);
    this.#search.value = location.search;
  }

  #push(address: string): void {
    history.replaceState({ scrollY }, "");
    history.pushState(null, "", address);
    scrollTo(0, 0);
    this.#arrive();
  }

  #arrive(): void {
    const before = this.#route.value;
    this.#search.value = location.search;
    const after = routeOf(location.pathname);
    if (pathOf(before) === pathOf(after)) return;
    this.#route.value = after;
    this.#arrivals.value++;
  }

  /**
   * Handles a plain click on a link to a view; new tabs, downloads and other hosts are left to the
   * browser.
   */
  #click(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey &&
      !event.altKey && !event.defaultPrevented;
    if (!link || !isPlain || link.target !== "" || link.hasAttribute("download")) return;
    const address = new URL(link.href, location.href);
    if (address.origin !== location.origin || address.hash !== "") return;
    if (routeOf(address.pathname).kind === "lost") return;
    event.preventDefault();
    this.#push(`${address.pathname}${address.search}`);
  }
}

/** The frames that a view needs: its parts, then the measurements, then the visible lines. */
const FRAMES = 4;

/** Restores the scroll position at which the reader left a view by a link. */
async function scrollBack(state: unknown): Promise<void> {
  for (let frame = 0; frame < FRAMES; frame++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  const isKept = typeof state === "object" && state !== null && "scrollY" in state;
  if (isKept && typeof state.scrollY === "number") scrollTo(0, state.scrollY);
}
