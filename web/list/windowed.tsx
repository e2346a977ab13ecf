/** A long list of which only what is seen, and a little around it, is in the document. */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { LineHeights, linesBetween } from "./line_heights.ts";
import { printing } from "./printing.ts";

/** A list that is no longer than this is in the document as a whole. */
const WHOLE_MAX = 60;
/** Pixels above and below the window that are kept ready for scrolling. */
const AHEAD_PX = 500;

interface WindowedProps {
  readonly ids: readonly string[];
  /** The least width of an item in pixels, from which follows how many stand beside each other. */
  readonly widthMin: number;
  /** The height of a line in pixels, until one was seen. */
  readonly heightGuess: number;
  readonly gap: number;
  readonly render: (id: string) => JSX.Element;
}

export function Windowed(props: WindowedProps): JSX.Element {
  if (props.ids.length <= WHOLE_MAX || printing.value) return <Whole {...props} />;
  return <Window {...props} />;
}

function Whole({ ids, render }: WindowedProps): JSX.Element {
  return (
    <div role="list" class="nodes-whole">
      {ids.map((id) => <div role="listitem" key={id}>{render(id)}</div>)}
    </div>
  );
}

/** What the window shows of the list, in pixels from the list's upper edge. */
interface Viewport {
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
}

function Window({ ids, widthMin, heightGuess, gap, render }: WindowedProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Viewport>({ top: 0, bottom: 1000, width: 0 });
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const columns = Math.max(1, Math.floor((sight.width + gap) / (widthMin + gap)));
  const heights = useMemo(() => new LineHeights(heightGuess), [columns, heightGuess]);
  const [, remeasure] = useState(0);
  useLayoutEffect(() => frame.current ? watchViewport(frame.current, setSight) : undefined, []);
  useLayoutEffect(() => {
    const lines = frame.current?.querySelectorAll<HTMLElement>("[data-line]") ?? [];
    const news = [...lines].filter((line) =>
      heights.measure(Number(line.dataset["line"]), line.offsetHeight + gap)
    );
    if (news.length > 0) remeasure((count) => count + 1);
  });
  const count = Math.ceil(ids.length / columns);
  const edges = heights.edges(count);
  const { first, last } = linesBetween(edges, sight.top - AHEAD_PX, sight.bottom + AHEAD_PX);
  const shown = new Set<number>();
  for (let line = first; line <= last; line++) shown.add(line);
  // Whoever has the focus stays, wherever one scrolls: it would be lost otherwise.
  const held = focused === undefined ? -1 : ids.indexOf(focused);
  if (held >= 0) shown.add(Math.floor(held / columns));
  return (
    <div
      role="list"
      class="nodes-window"
      ref={frame}
      style={{ height: `${edges[count] ?? 0}px` }}
      onFocusIn={(event) => setFocused(nodeOf(event.target))}
      onFocusOut={() => setFocused(undefined)}
    >
      {[...shown].sort((a, b) => a - b).map((line) => (
        <div
          role="presentation"
          class="nodes-line"
          key={line}
          data-line={line}
          style={{ top: `${edges[line] ?? 0}px`, gridTemplateColumns: `repeat(${columns}, 1fr)` }}
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

/** Tells the sight whenever one scrolls or the window changes, once a frame. Answers how to stop. */
function watchViewport(element: HTMLElement, tell: (sight: Viewport) => void): () => void {
  let asked = 0;
  let told = "";
  const look = () => {
    asked = 0;
    const { top, width } = element.getBoundingClientRect();
    // In steps, so that not every pixel renders.
    const step = AHEAD_PX / 2;
    const seenFrom = Math.floor(-top / step) * step;
    const sight = { top: seenFrom, bottom: seenFrom + innerHeight + step, width };
    const news = JSON.stringify(sight);
    if (news !== told) tell(sight);
    told = news;
  };
  const ask = () => asked ||= requestAnimationFrame(look);
  const sizes = new ResizeObserver(ask);
  sizes.observe(element);
  sizes.observe(document.body);
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask);
  look();
  return () => {
    cancelAnimationFrame(asked);
    sizes.disconnect();
    removeEventListener("scroll", ask);
    removeEventListener("resize", ask);
  };
}

function nodeOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>("[data-node]")?.dataset["node"];
}
