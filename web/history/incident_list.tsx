/** Who died when, for how long, and who was notified. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { IncidentView } from "../../core/api/incident_view.ts";
import { Moment } from "../parts/moment.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { pieces, text } from "../texts/texts.ts";
import { byDay } from "../words/by_day.ts";
import { incidentSince } from "../words/down_since.ts";
import { causeText } from "../words/cause_text.ts";
import { incidentLength, incidentPieces, subjectText } from "../words/history_text.ts";
import { clockText, sinceText } from "../words/instant.ts";

interface IncidentListProps {
  readonly incidents: readonly IncidentView[];
  /** Further rows are not shown. */
  readonly rowsMax: number;
  readonly at: string;
  readonly hubNowMs: ReadonlySignal<number>;
}

export function IncidentList({ incidents, rowsMax, at, hubNowMs }: IncidentListProps): JSX.Element {
  return (
    <section class="history" aria-labelledby="incidents">
      <h2 id="incidents">{text("history.incidents")}</h2>
      {incidents.length === 0 && <p class="nothing">{text("history.none")}</p>}
      {byDay(wholes(incidents).slice(0, rowsMax), incidentSince, { now: at }).map((
        { day, rows },
      ) => (
        <div key={day}>
          <h3 class="day">{day}</h3>
          <ol class="rows">
            {rows.map((incident) => (
              <Incident key={incident.id} incident={incident} hubNowMs={hubNowMs} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

/** Shows deaths with a common cause, and those of a flapping node, as one incident. */
function wholes(incidents: readonly IncidentView[]): readonly IncidentView[] {
  const known = new Map(incidents.map((incident) => [incident.id, incident]));
  return incidents.filter(({ parent, recovered_at }) => {
    const whole = parent === null ? undefined : known.get(parent);
    // A node that stays down after flapping has a separate incident.
    return whole === undefined || (recovered_at === null && whole.recovered_at !== null);
  });
}

interface IncidentProps {
  readonly incident: IncidentView;
  readonly hubNowMs: ReadonlySignal<number>;
}

function Incident({ incident, hubNowMs }: IncidentProps): JSX.Element {
  const { recovered_at, told_at } = incident;
  const since = incidentSince(incident);
  const isOver = recovered_at !== null;
  const severity = isOver ? "well" : "down";
  return (
    <li class={`row severity-${severity}`} data-incident={incident.id}>
      <StatusIcon severity={severity} />
      <div>
        <p class="row-title">
          {incidentPieces(incident, {
            who: <bdi class="name">{subjectText(incident)}</bdi>,
            length: <Length incident={incident} hubNowMs={hubNowMs} />,
          })}
        </p>
        <p class="row-detail">
          {isOver
            ? pieces("history.fromTo", {
              from: <Clock at={since} />,
              to: <Clock at={recovered_at} />,
            })
            : <Clock at={since} />}
          {" · "}
          <bdi>{causeText(incident)}</bdi>
          {" · "}
          {incident.acknowledged_at !== null && `${text("history.acknowledged")} · `}
          {told_at === null ? text("history.notifiedNobody") : pieces("history.notifiedAt", {
            when: <Moment at={told_at}>{sinceText(told_at, since)}</Moment>,
          })}
        </p>
      </div>
    </li>
  );
}

/** Only an open incident follows the clock. */
function Length({ incident, hubNowMs }: IncidentProps): JSX.Element {
  const nowMs = incident.recovered_at === null ? hubNowMs.value : 0;
  return <b>{incidentLength(incident, nowMs)}</b>;
}

function Clock({ at }: { readonly at: string }): JSX.Element {
  return <Moment at={at}>{clockText(at)}</Moment>;
}
