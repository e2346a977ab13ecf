/** One node as a card: its name, its state by colour, shape and word, and its vitals. */

import type { JSX } from "preact";
import { severityOf, StatusIcon } from "../parts/status_icon.tsx";
import { areVitalsFresh } from "../status/trouble.ts";
import { warningsOf } from "../words/node_warnings.ts";
import { Facts } from "./facts.tsx";
import { Marks } from "./marks.tsx";
import { Heard, NodeBar, NodeName, type NodeProps, Since, State } from "./node_parts.tsx";
import { RemoteLinks } from "./remote_links.tsx";
import { VitalList } from "./vital_list.tsx";

export function NodeCard(props: NodeProps): JSX.Element | null {
  const { id, live, availability } = props;
  const node = live.each.node(id).value;
  if (!node) return null;
  const stale = live.stale.value;
  const now = live.minute.value;
  const severity = severityOf(node);
  const warnings = warningsOf(node, now);
  return (
    <article class={`card severity-${severity}`} data-node={node.id} data-liveness={node.liveness}>
      <header>
        <StatusIcon severity={severity} />
        <h3>
          <NodeName node={node} />
        </h3>
        <State node={node} stale={stale} />
      </header>
      <p class="times">
        <Heard {...props} />
        <Since node={node} now={now} stale={stale} />
      </p>
      <Marks node={node} now={now} />
      {warnings.length > 0 && (
        <ul class="warnings">
          {warnings.map((warning) => (
            <li key={warning} class="severity-attention">
              <StatusIcon severity="attention" />
              <bdi>{warning}</bdi>
            </li>
          ))}
        </ul>
      )}
      <NodeBar node={node} availability={availability} />
      <VitalList vitals={node.vitals} fresh={areVitalsFresh(node)} />
      <footer>
        <RemoteLinks node={node} />
        <Facts node={node} />
      </footer>
    </article>
  );
}
