/** One node: its name, its state by colour, shape and word, and how it is. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/feed.ts";
import { LIVENESS_WORDS } from "../../core/liveness.ts";
import { sinceText } from "../words/instant.ts";
import { Age, Moment } from "../parts/moment.tsx";
import { LIVENESS_TONES, Shape } from "../parts/shape.tsx";
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
  const word = LIVENESS_WORDS[node.liveness];
  return (
    <li class={`card tone-${tone}`} data-node={node.id} data-liveness={node.liveness}>
      <header>
        <Shape tone={tone} />
        <h3>
          <bdi class="name" title={oneLine(node.name, HOVER_MAX)}>{shownName(node)}</bdi>
        </h3>
        <span class="state">{stale && node.liveness !== "unknown" ? `was ${word}` : word}</span>
      </header>
      <p class="times">
        <span class="age">
          {node.last_heartbeat_at === null ? "never heard" : (
            <>
              heard <Age at={node.last_heartbeat_at} hubNowMs={hubNowMs} />
            </>
          )}
        </span>
        <span class="since">
          {stale ? "since " : `${word} since `}
          <Moment at={node.since}>{sinceText(node.since, at)}</Moment>
        </span>
      </p>
      {node.warnings.length > 0 && (
        <ul class="warnings">
          {node.warnings.map((warning) => (
            <li key={warning} class="tone-attention">
              <Shape tone="attention" />
              <bdi>{warning}</bdi>
            </li>
          ))}
        </ul>
      )}
      <VitalList vitals={node.vitals} fresh={areVitalsFresh(node)} />
      <Facts node={node} />
    </li>
  );
}

/** Characters of a name that hover shows. */
const HOVER_MAX = 300;
/** Characters of a fact that a card shows. */
const FACT_MAX = 60;

/** What machine it is, small: the id tells apart what shares a name. */
function Facts({ node }: { readonly node: NodeView }): JSX.Element {
  const { model, addresses, version } = node.facts;
  const address = Array.isArray(addresses) ? addresses[0] : addresses;
  const facts = [
    { label: "Id", text: node.id },
    { label: "Model", text: model },
    { label: "Address", text: address },
    { label: "Agent", text: version === undefined ? undefined : `agent ${version}` },
  ];
  return (
    <dl class="facts">
      {facts.map(({ label, text }) =>
        text !== undefined && text !== "" && (
          <div key={label}>
            <dt class="unseen">{label}</dt>
            <dd>
              <bdi title={oneLine(String(text), HOVER_MAX)}>{oneLine(String(text), FACT_MAX)}</bdi>
            </dd>
          </div>
        )
      )}
    </dl>
  );
}
