/** One node: its name, its state by colour, shape and word, and how it is. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/feed.ts";
import { RouteLink } from "../parts/route_link.tsx";
import { Age, Moment } from "../parts/moment.tsx";
import { LIVENESS_TONES, Shape } from "../parts/shape.tsx";
import { pieces, text } from "../texts.ts";
import { warningText } from "../words/hub_text.ts";
import { sinceText } from "../words/instant.ts";
import { oneLine, shownName } from "../words/shown_name.ts";
import { areVitalsFresh } from "./trouble.ts";
import { VitalList } from "./vital_list.tsx";

interface NodeCardProps {
  readonly node: NodeView;
  /** The hub's time of the last message, for dates. */
  readonly at: string;
  readonly hubNowMs: ReadonlySignal<number>;
  /** The state is what was last known, not what is. */
  readonly stale: boolean;
}

export function NodeCard({ node, at, hubNowMs, stale }: NodeCardProps): JSX.Element {
  const tone = LIVENESS_TONES[node.liveness];
  const when = <Moment at={node.since}>{sinceText(node.since, at)}</Moment>;
  return (
    <li class={`card tone-${tone}`} data-node={node.id} data-liveness={node.liveness}>
      <header>
        <Shape tone={tone} />
        <h3>
          <RouteLink to={{ kind: "node", id: node.id }} class="node-link">
            <bdi class="name" title={oneLine(node.name, HOVER_MAX)}>{shownName(node)}</bdi>
          </RouteLink>
        </h3>
        <span class="state">
          {text(stale ? `liveness.was_${node.liveness}` : `liveness.${node.liveness}`)}
        </span>
      </header>
      <p class="times">
        <span class="age">
          {node.last_heartbeat_at === null ? text("list.neverHeard") : pieces("list.heard", {
            age: <Age at={node.last_heartbeat_at} hubNowMs={hubNowMs} />,
          })}
        </span>
        <span class="since">
          {stale
            ? pieces("list.since", { when })
            : pieces(`liveness.${node.liveness}_since`, { when })}
        </span>
      </p>
      {node.warnings.length > 0 && (
        <ul class="warnings">
          {node.warnings.map((warning) => (
            <li key={warning} class="tone-attention">
              <Shape tone="attention" />
              <bdi>{warningText(warning)}</bdi>
            </li>
          ))}
        </ul>
      )}
      <VitalList vitals={node.vitals} fresh={areVitalsFresh(node)} />
    </li>
  );
}

/** Characters of a name that hover shows. */
const HOVER_MAX = 300;
