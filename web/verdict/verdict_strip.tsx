/** The verdict in one line, above every view but the first one, with a link to it. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { RouteLink } from "../parts/route_link.tsx";
import { Sentence } from "../parts/sentence.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import type { Verdict } from "../status/verdict.ts";

interface VerdictStripProps {
  readonly verdict: ReadonlySignal<Verdict>;
}

export function VerdictStrip(props: VerdictStripProps): JSX.Element {
  const verdict = props.verdict.value;
  return (
    <p class={`verdict-strip severity-${verdict.severity}`}>
      <RouteLink to={{ kind: "home" }}>
        <StatusIcon severity={verdict.severity} />
        <span>
          <Sentence pieces={verdict.sentence} />
        </span>
      </RouteLink>
    </p>
  );
}
