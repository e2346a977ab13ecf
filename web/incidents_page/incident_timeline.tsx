/** Who died when, for how long, and who was notified. */

import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { DeliveryView } from "../../core/api/delivery_view.ts";
import type { IncidentView } from "../../core/api/incident_view.ts";
import { Moment } from "../parts/moment.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { byDay } from "../words/by_day.ts";
import { incidentSince } from "../words/down_since.ts";
import { causeText } from "../words/cause_text.ts";
import { incidentLength, incidentPieces, subjectText } from "../words/history_text.ts";
import { clockText, dayKey, sinceText } from "../words/instant.ts";
import { oneLine } from "../words/shown_name.ts";
import { notifiedOf } from "./notified.ts";
import { NotifiedList } from "./notified_list.tsx";

/** The maximum number of characters shown of a subject and of a cause. */
const WORDS_MAX = 200;

interface IncidentTimelineProps extends Pick<ViewProps, "api"> {
  /** Newest first. */
  readonly incidents: readonly IncidentView[];
  /** By incident; `undefined` for a guest. */
  readonly deliveries: ReadonlyMap<number, readonly DeliveryView[]> | undefined;
  readonly hubNowMs: ReadonlySignal<number>;
  /** Names link to the pages of their nodes, except on that page itself. */
  readonly linked: boolean;
}

export function IncidentTimeline(props: IncidentTimelineProps): JSX.Element {
  const now = new Date(props.hubNowMs.peek()).toISOString();
  return (
    <div class="timeline">
      {byDay(props.incidents, incidentSince, { now }).map(({ day, rows }) => (
        <div key={day}>
          <h3 class="day">{day}</h3>
          <ol class="rows">
            {rows.map((incident) => <Incident key={incident.id} {...props} incident={incident} />)}
          </ol>
        </div>
      ))}
    </div>
  );
}

interface IncidentProps extends IncidentTimelineProps {
  readonly incident: IncidentView;
}

function Incident({ incident, api, deliveries, hubNowMs, linked }: IncidentProps): JSX.Element {
  const severity = incident.recovered_at === null ? "down" : "well";
  return (
    <li class={`row severity-${severity}`} data-incident={incident.id} data-kind={incident.kind}>
      <StatusIcon severity={severity} />
      <div>
        <p class="row-title">
          {incidentPieces<ComponentChildren>(incident, {
            who: <Subject incident={incident} linked={linked} />,
            length: <Length incident={incident} hubNowMs={hubNowMs} />,
          })}
        </p>
        <p class="row-detail">
          <Times incident={incident} />
          {" · "}
          <bdi>{oneLine(causeText(incident), WORDS_MAX)}</bdi>
          {incident.parent !== null && ` · ${text("incidentsPage.part")}`}
        </p>
        {incident.acknowledged_at !== null && (
          <p class="row-detail">
            {t(
              "incidentsPage.acknowledgedAt",
              {
                when: (
                  <Moment at={incident.acknowledged_at}>
                    {sinceText(incident.acknowledged_at, incident.died_at)}
                  </Moment>
                ),
              },
            )}
          </p>
        )}
        <NotifiedList api={api} incident={incident} notified={notifiedOf(incident, deliveries)} />
      </div>
    </li>
  );
}

function Subject(
  { incident, linked }: Pick<IncidentProps, "incident" | "linked">,
): JSX.Element {
  const name = <bdi class="name">{oneLine(subjectText(incident), WORDS_MAX)}</bdi>;
  if (!linked || incident.node === "") return name;
  return <RouteLink to={{ kind: "node", id: incident.node }}>{name}</RouteLink>;
}

function Times({ incident }: Pick<IncidentProps, "incident">): JSX.Element {
  const { kind, recovered_at } = incident;
  const since = incidentSince(incident);
  const from = <Moment at={since}>{clockText(since)}</Moment>;
  if (recovered_at === null || kind === "reboot") return from;
  const isSameDay = dayKey(recovered_at) === dayKey(since);
  const end = isSameDay ? clockText(recovered_at) : sinceText(recovered_at, since);
  const to = <Moment at={recovered_at}>{end}</Moment>;
  return <>{t("history.fromTo", { from, to })}</>;
}

/** Only an open incident follows the clock. */
function Length({ incident, hubNowMs }: Pick<IncidentProps, "incident" | "hubNowMs">): JSX.Element {
  const nowMs = incident.recovered_at === null ? hubNowMs.value : 0;
  return <b>{incidentLength(incident, nowMs)}</b>;
}
