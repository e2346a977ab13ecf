/** The verdict in one line, above every view but the first, which it leads to. */

import type { JSX } from "preact";
import { RouteLink } from "../parts/route_link.tsx";
import { Sentence } from "../parts/sentence.tsx";
import { Shape } from "../parts/shape.tsx";
import type { Verdict } from "./verdict.ts";

export function VerdictStrip({ verdict }: { readonly verdict: Verdict }): JSX.Element {
  return (
    <p class={`verdict-strip tone-${verdict.tone}`}>
      <RouteLink to={{ kind: "home" }}>
        <Shape tone={verdict.tone} />
        <span>
          <Sentence pieces={verdict.sentence} />
        </span>
      </RouteLink>
    </p>
  );
}
