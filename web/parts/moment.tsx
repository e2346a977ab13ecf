/** Instants and ages on the page. */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { agoText } from "../words/age.ts";
import { fullText } from "../words/instant.ts";

/** An instant with its children as text, and date and zone on hover. */
export function Moment(
  { at, children }: { readonly at: string; readonly children: ComponentChildren },
): JSX.Element {
  return <time dateTime={at} title={fullText(at)}>{children}</time>;
}

/** How long ago an instant of the hub was; ticks with the hub's time. */
export function Age(
  { at, hubNowMs }: { readonly at: string; readonly hubNowMs: ReadonlySignal<number> },
): JSX.Element {
  // A signal as text: a tick changes the page only if the text changes.
  const text = useMemo(() => {
    const atMs = Date.parse(at);
    return computed(() => agoText(hubNowMs.value - atMs));
  }, [at, hubNowMs]);
  return <Moment at={at}>{text}</Moment>;
}
