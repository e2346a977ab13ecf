/** Shows one of the other views as soon as its script is loaded. */

import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { FurtherView, FurtherViewProps } from "./further_views.tsx";
import { Button } from "./parts/button.tsx";
import { Heading } from "./parts/heading.tsx";
import { text } from "./texts/texts.ts";

type Loaded =
  | { readonly kind: "loading" }
  | { readonly kind: "failed" }
  | { readonly kind: "ready"; readonly View: typeof FurtherView };

/** `undefined`: not requested yet. */
const loaded: Signal<Loaded | undefined> = signal(undefined);

/** Loads the script once. Never rejects. */
export async function loadFurtherViews(): Promise<void> {
  if (loaded.peek()?.kind === "ready" || loaded.peek()?.kind === "loading") return;
  loaded.value = { kind: "loading" };
  try {
    const { FurtherView: View } = await import("./further_views.tsx");
    loaded.value = { kind: "ready", View };
  } catch {
    loaded.value = { kind: "failed" };
  }
}

export function LaterView(props: FurtherViewProps): JSX.Element {
  const state = loaded.value;
  useEffect(() => void loadFurtherViews(), []);
  useEffect(() => {
    // A reader who followed a link before the script was loaded continues at the heading too.
    if (state?.kind !== "ready" || props.router.arrivals.peek() === 0) return;
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [state?.kind]);
  if (state?.kind === "ready") return <state.View {...props} />;
  if (state?.kind !== "failed") return <p class="nothing">{text("shell.loading")}</p>;
  return (
    <>
      <Heading>{text("shell.notLoadedTitle")}</Heading>
      <p>{text("shell.notLoadedHint")}</p>
      <Button look="main" onClick={() => location.reload()}>{text("shell.reload")}</Button>
    </>
  );
}
