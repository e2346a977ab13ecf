/** The parts that cards and rows share. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import type { Availability } from "../availability/availability.ts";
import { AvailabilityBar } from "../availability/availability_bar.tsx";
import { percentText } from "../availability/segments.ts";
import type { Live } from "../live/live.ts";
import { Age, Moment } from "../parts/moment.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { pieces, text } from "../texts/texts.ts";
import { stateSince } from "../words/down_since.ts";
import { sinceText } from "../words/instant.ts";
import { shownName } from "../words/shown_name.ts";

/** The maximum number of characters of a name on hover. */
const HOVER_MAX = 300;

/** The properties of a node's card or row. */
export interface NodeProps {
  readonly id: string;
  readonly live: Live;
  readonly availability: Availability;
}

/** The name, with a link to the node's own view. */
export function NodeName({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <RouteLink to={{ kind: "node", id: node.id }} class="node-link">
      <bdi class="name" title={shownName(node, HOVER_MAX)}>{shownName(node)}</bdi>
    </RouteLink>
  );
}

/** How long ago the node was heard: the only part of a node that ticks. */
export function Heard({ id, live }: NodeProps): JSX.Element {
  const at = live.each.heardAt(id).value;
  return (
    <span class="age">
      {at === null
        ? text("list.neverHeard")
        : pieces("list.heard", { age: <Age at={at} hubNowMs={live.hubNowMs} /> })}
    </span>
  );
}

interface SinceProps {
  readonly node: NodeView;
  readonly now: string;
  readonly stale: boolean;
}

/** Since when the node has its state. */
export function Since({ node, now, stale }: SinceProps): JSX.Element {
  const since = stateSince(node);
  const when = <Moment at={since}>{sinceText(since, now)}</Moment>;
  return (
    <span class="since">
      {stale ? pieces("list.since", { when }) : pieces(`liveness.${node.liveness}_since`, { when })}
    </span>
  );
}

/** The word for its state, or for its last known state when the present one is unknown. */
export function State(
  { node, stale }: { readonly node: NodeView; readonly stale: boolean },
): JSX.Element {
  const { liveness } = node;
  return (
    <span class="state">{text(stale ? `liveness.was_${liveness}` : `liveness.${liveness}`)}</span>
  );
}

interface NodeBarProps {
  readonly node: NodeView;
  readonly availability: Availability;
}

/** The bar of the chosen time span, once the hub has sent it. */
export function NodeBar({ node, availability }: NodeBarProps): JSX.Element | null {
  const answer = availability.answer.value;
  const own = answer?.nodes[node.id];
  if (!answer || !own) return null;
  return (
    <div class="bar-and-percent">
      <AvailabilityBar
        availability={own}
        span={answer.span}
        range={answer}
        name={shownName(node)}
      />
      <span class="percent" aria-hidden="true">{percentText(own.percent)}</span>
    </div>
  );
}
