/** The tools of the list: a filter, and the choice of its layout. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Availability } from "../availability/availability.ts";
import { SPANS } from "../availability/spans.ts";
import { Choice } from "../parts/choice.tsx";
import { text } from "../texts/texts.ts";

export type Look = "cards" | "rows";
export const LOOKS: readonly Look[] = ["cards", "rows"];

/** The maximum length of a filter. */
const FILTER_MAX = 100;

interface ListToolsProps {
  readonly filter: Signal<string>;
  readonly look: Signal<Look>;
  readonly availability: Availability;
}

export function ListTools({ filter, look, availability }: ListToolsProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const stop = new AbortController();
    addEventListener("keydown", (event) => focusFilter(event, input.current), {
      signal: stop.signal,
    });
    return () => stop.abort();
  }, []);
  return (
    <div class="tools">
      <label class="filter">
        <span class="unseen">{text("list.filter")}</span>
        <input
          ref={input}
          type="search"
          value={filter.value}
          maxLength={FILTER_MAX}
          placeholder={text("list.filterHint")}
          aria-keyshortcuts="/"
          onInput={(event) => filter.value = event.currentTarget.value}
        />
      </label>
      {availability.answer.value && (
        <Choice
          label={text("availability.span")}
          choices={SPANS}
          chosen={availability.span}
          words={(span) => text(`availability.span_${span}`)}
        />
      )}
      <Choice
        label={text("list.show")}
        choices={LOOKS}
        chosen={look}
        words={(one) => text(`list.${one}`)}
      />
    </div>
  );
}

/** The key `/` moves to the filter, as on other pages, unless the person is typing. */
function focusFilter(event: KeyboardEvent, input: HTMLInputElement | null): void {
  const { target } = event;
  const isWriting = target instanceof Element && target.closest("input, textarea, select");
  if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input?.focus();
}
