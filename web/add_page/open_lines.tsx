/** Lines for other Pis that have not arrived: how far each is, and a button that ends it. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { JoinView } from "../../core/api/join_view.ts";
import type { Api } from "../live/api.ts";
import type { Live } from "../live/live.ts";
import { Button } from "../parts/button.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { Section } from "../parts/section.tsx";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { isUnfinished, progressOf } from "./join_rows.ts";

const NAME_MAX = 64;

interface OpenLinesProps {
  readonly live: Live;
  readonly api: Api;
}

export function OpenLines({ live, api }: OpenLinesProps): JSX.Element | null {
  const lines = useComputed(() => live.joins.value.filter(isUnfinished));
  const outcome = useSignal<Outcome>(undefined);
  const end = async ({ id }: JoinView) => {
    const answer = await api.delete(`/api/v1/joins/${id}`);
    outcome.value = outcomeOf(answer, () => text("join.ended"));
  };
  if (lines.value.length === 0 && outcome.value === undefined) return null;
  return (
    <Section heading={text("join.open")}>
      <ul class="open-lines">
        {lines.value.map((join) => (
          <li key={join.id}>
            <b class="name">{oneLine(join.name, NAME_MAX)}</b> <code>{join.node}</code>
            <span class="hint">{stateOf(join)}</span>
            {!progressOf(join, false).isOver && (
              <Button
                look="quiet"
                label={text("join.endOf", { name: oneLine(join.name, NAME_MAX) })}
                onClick={() => void end(join)}
              >
                {text("join.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <OutcomeLine outcome={outcome.value} />
    </Section>
  );
}

/** Why it does not go on, or how far it is. */
function stateOf({ step, failure }: JoinView): string {
  return failure === null ? text(`join.${step}`) : text(`join.failure_${failure}`);
}
