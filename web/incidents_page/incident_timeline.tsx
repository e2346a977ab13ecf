/** Who died when, for how long, and who was told. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { DeliveryView, IncidentView } from "../../core/feed.ts";
import { Moment } from "../parts/moment.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { Shape } from "../parts/shape.tsx";
import { pieces, text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";
import { byDay } from "../words/by_day.ts";
import { causeText, incidentText } from "../words/history_text.ts";
import { clockText, sinceText } from "../words/instant.ts";
import { ToldList } from "./told_list.tsx";
import { toldOf } from "./told.ts";

interface IncidentTimelineProps extends Pick<ViewProps, "api"> {
  /** Newest first. */
  readonly incidents: readonly IncidentView[];
  /** By incident; `undefined` for a guest. */
  readonly deliveries: ReadonlyMap<number, readonly DeliveryView[]> | undefined;
  /** The hub's time of the last message, for dates. */
  readonly at: string;
  readonly hubNowMs: ReadonlySignal<number>;
  /** Whether each names its node with a link: not on that node's own page. */
  readonly linked: boolean;
}

export function IncidentTimeline(props: IncidentTimelineProps): JSX.Element {
  return (
    <div class="timeline">
      {byDay(props.incidents, (incident) => incident.died_at, { now: props.at }).map((day) => (
        <div key={day.day}>
          <h3 class="day">{day.day}</h3>
          <ol class="rows">
            {day.rows.map((incident) => (
              <Incident key={incident.id} {...props} incident={incident} />
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

function Incident(
  { incident, api, deliveries, hubNowMs, linked }: IncidentTimelineProps & {
    readonly incident: IncidentView;
  },
): JSX.Element {
  const { died_at, recovered_at } = incident;
  const isOver = recovered_at !== null;
  const tone = isOver ? "well" : "down";
  return (
    <li class={`row tone-${tone}`} data-incident={incident.id} data-kind={incident.kind}>
      <Shape tone={tone} />
      <div>
        <p class="row-title">
          {incidentText(incident, hubNowMs, linked)}
        </p>
      </div>
    </li>
  );
}
