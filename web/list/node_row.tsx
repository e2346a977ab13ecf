/** One node as a row, for clusters that are too large for cards. */

import type { JSX } from "preact";
import type { VitalView } from "../../core/api/node_view.ts";
import { LEVEL_SEVERITIES, severityOf, StatusIcon } from "../parts/status_icon.tsx";
import { areVitalsFresh } from "../status/trouble.ts";
import { text } from "../texts/texts.ts";
import { warningsOf } from "../words/node_warnings.ts";
import { vitalLabel, vitalNames, vitalText } from "../words/vital_text.ts";
import { Marks } from "./marks.tsx";
import { Heard, NodeBar, NodeName, type NodeProps, Since, State } from "./node_parts.tsx";
import { RemoteLinks } from "./remote_links.tsx";

/** The number of vitals that fit a row; the node's own view has all. */
const VITALS_MAX = 6;

export function NodeRow(props: NodeProps): JSX.Element | null {
  const { id, live, availability } = props;
  const node = live.each.node(id).value;
  if (!node) return null;
  const stale = live.stale.value;
  const now = live.minute.value;
  const severity = severityOf(node);
  const warnings = warningsOf(node, now).join(", ");
  return (
    <article
      class={`node-row severity-${severity}`}
      data-node={node.id}
      data-liveness={node.liveness}
    >
      <StatusIcon severity={severity} />
      <h3>
        <NodeName node={node} />
      </h3>
      <State node={node} stale={stale} />
      <div class="node-row-times">
        <Heard {...props} />
        <Since node={node} now={now} stale={stale} />
        <Marks node={node} now={now} />
        {warnings !== "" && (
          <bdi class="name row-warning severity-attention" title={warnings}>{warnings}</bdi>
        )}
      </div>
      <RowVitals vitals={node.vitals} fresh={areVitalsFresh(node)} />
      <NodeBar node={node} availability={availability} />
      <RemoteLinks node={node} />
    </article>
  );
}

interface RowVitalsProps {
  readonly vitals: Readonly<Record<string, VitalView>>;
  readonly fresh: boolean;
}

function RowVitals({ vitals, fresh }: RowVitalsProps): JSX.Element {
  return (
    <ul class={fresh ? "row-vitals" : "row-vitals stale"}>
      {vitalNames(vitals).slice(0, VITALS_MAX).map((name) => {
        const vital = vitals[name];
        if (!vital) return null;
        const { level } = vital;
        const words = text("vital.levelled", {
          vital: vitalLabel(name),
          level: text(`vital.${level}`),
        });
        return (
          <li key={name} class={`level-${level} severity-${LEVEL_SEVERITIES[level]}`} title={words}>
            <StatusIcon severity={LEVEL_SEVERITIES[level]} />
            <span class="unseen">{words}</span>
            <span class="row-vital-name" aria-hidden="true">{vitalLabel(name)}</span>
            {level === "not_supported"
              ? <span aria-hidden="true">–</span>
              : <span>{vitalText(name, vital)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
