/** Makes lists complete while the page is printed, because paper has no scrolling. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { options } from "preact";

const isPrinting = signal(false);
export const printing: ReadonlySignal<boolean> = isPrinting;

/** Follows the browser's printing until `stop`. */
export function watchPrinting(stop: AbortSignal): void {
  let place = 0;
  addEventListener("beforeprint", () => {
    place = scrollY;
    atOnce(() => isPrinting.value = true);
  }, { signal: stop });
  addEventListener("afterprint", () => {
    atOnce(() => isPrinting.value = false);
    // A long list that is rendered again starts at the window's position: the top while it prints.
    requestAnimationFrame(() => scrollTo(0, place));
  }, { signal: stop });
}

/** The browser prints the state at the end of the event, so nothing may wait for a frame. */
function atOnce(change: () => void): void {
  const { debounceRendering } = options;
  options.debounceRendering = (render) => render();
  change();
  if (debounceRendering) options.debounceRendering = debounceRendering;
  else delete options.debounceRendering;
}
