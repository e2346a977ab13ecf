/** A long list. The document only contains its visible part and a little around it. */

import {
  defaultRangeExtractor,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
} from "@tanstack/virtual-core";
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ListProps } from "./list_props.ts";

/** Pixels above and below the window that are rendered for scrolling. */
const AHEAD_PX = 500;

/** Where the list is on the page, in pixels. */
interface Place {
  readonly top: number;
  readonly width: number;
}

export function LongList({ ids, widthMin, heightGuess, gap, render }: ListProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [{ top, width }, setPlace] = useState<Place>({ top: 0, width: 0 });
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const [, redraw] = useState(0);
  const columns = Math.max(1, Math.floor((width + gap) / (widthMin + gap)));
  const held = focused === undefined ? -1 : ids.indexOf(focused);
  const options = {
    count: Math.ceil(ids.length / columns),
    estimateSize: () => heightGuess,
    gap,
    scrollMargin: top,
    overscan: Math.ceil(AHEAD_PX / heightGuess),
    indexAttribute: "data-line",
    initialOffset: () => scrollY,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) =>
      withLine(defaultRangeExtractor(range), held < 0 ? undefined : Math.floor(held / columns)),
    onChange: () => redraw((count) => count + 1),
  };
  const kept = useRef<Virtualizer<Window, HTMLElement> | undefined>(undefined);
  const lines = kept.current ??= new Virtualizer<Window, HTMLElement>(options);
  lines.setOptions(options);
  useLayoutEffect(() => frame.current ? watchPlace(frame.current, setPlace) : undefined, []);
  useLayoutEffect(() => lines._didMount(), [lines]);
  useLayoutEffect(() => lines._willUpdate());
  // These are not the lines that were measured.
  useLayoutEffect(() => lines.measure(), [lines, columns]);
  return (
    <div
      role="list"
      class="nodes-window"
      ref={frame}
      style={{ height: `${lines.getTotalSize()}px` }}
      onFocusIn={(event) => setFocused(nodeOf(event.target))}
      onFocusOut={() => setFocused(undefined)}
    >
      {lines.getVirtualItems().map(({ index: line, start }) => (
        <div
          role="presentation"
          class="nodes-line"
          key={line}
          data-line={line}
          ref={lines.measureElement}
          style={{ top: `${start - top}px`, gridTemplateColumns: `repeat(${columns}, 1fr)` }}
        >
          {ids.slice(line * columns, (line + 1) * columns).map((id, index) => (
            <div
              role="listitem"
              key={id}
              aria-posinset={line * columns + index + 1}
              aria-setsize={ids.length}
            >
              {render(id)}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** The line with the focus always stays in the document, because it would lose the focus otherwise. */
function withLine(lines: number[], held: number | undefined): number[] {
  if (held === undefined || lines.includes(held)) return lines;
  return [...lines, held].sort((a, b) => a - b);
}

/** Reports the list's place at first and after each change of the page's size. Returns how to stop. */
function watchPlace(element: HTMLElement, onChange: (place: Place) => void): () => void {
  let last = "";
  const check = () => {
    const { top, width } = element.getBoundingClientRect();
    const place = { top: Math.round(top + scrollY), width };
    const present = JSON.stringify(place);
    if (present !== last) onChange(place);
    last = present;
  };
  const sizes = new ResizeObserver(check);
  sizes.observe(element);
  sizes.observe(document.body);
  check();
  return () => sizes.disconnect();
}

function nodeOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>("[data-node]")?.dataset["node"];
}
