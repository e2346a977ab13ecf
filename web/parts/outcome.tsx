/** The outcome of a person's action, shown and read aloud. */

import type { ComponentChildren, JSX } from "preact";
import type { Answer } from "../live/api.ts";

/** Nothing yet, or the message. */
export type Outcome =
  | { readonly kind: "good"; readonly words: ComponentChildren }
  | { readonly kind: "bad"; readonly words: ComponentChildren }
  | undefined;

/**
 * The region exists from the start, because a screen reader only reports changes of an existing
 * one.
 */
export function OutcomeLine({ outcome }: { readonly outcome: Outcome }): JSX.Element {
  const severity = outcome?.kind === "bad" ? "down" : "well";
  return (
    <p class={`outcome severity-${severity}`} role="status" data-outcome={outcome?.kind}>
      {outcome?.words}
    </p>
  );
}

/** The hub's own reason, or the text for a success. */
export function outcomeOf<Body>(
  answer: Answer<Body>,
  good: (body: Body) => ComponentChildren,
): Outcome {
  return answer.kind === "good"
    ? { kind: "good", words: good(answer.body) }
    : { kind: "bad", words: answer.why };
}

/** The hub's own reason. Nothing after a success, which the page shows by itself. */
export function refusalOf(answer: Answer<unknown>): Outcome {
  return answer.kind === "good" ? undefined : { kind: "bad", words: answer.why };
}
