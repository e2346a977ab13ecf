/** The view of all incidents: a timeline, its filter, and the same as a file. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { IncidentView } from "../../core/api/incident_view.ts";
import { Button } from "../parts/button.tsx";
import { Heading } from "../parts/heading.tsx";
import type { Query } from "../parts/query.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { filterOf, questionOf, searchOf } from "./incident_filter.ts";
import { IncidentFilterForm } from "./incident_filter_form.tsx";
import { IncidentTimeline } from "./incident_timeline.tsx";
import { useIncidents } from "./queried_incidents.ts";

const FIRST_ROWS = 100;
/** The hub's limit for one answer. */
const ROWS_MAX = 1000;

export function IncidentsPage({ live, api, router }: ViewProps): JSX.Element {
  const limit = useSignal(FIRST_ROWS);
  const filter = filterOf(router.search.value);
  // The time of the first rendering, because another time would be another query.
  const nowMs = useMemo(() => live.hubNowMs.peek() || Date.now(), [filter.days, live.known.value]);
  const { incidents, deliveries } = useIncidents(
    { live, api },
    questionOf(filter, nowMs, limit.value),
  );
  const rows = incidents.kind === "good" ? incidents.body : [];
  return (
    <>
      <Heading>{text("incidentsPage.title")}</Heading>
      <IncidentFilterForm
        filter={filter}
        nodes={live.nodes.value}
        onFilter={(chosen) => router.setSearch(searchOf(chosen))}
      />
      <Tools question={questionOf(filter, nowMs)} />
      {live.guest.value && <p class="nothing">{text("incidentsPage.guest")}</p>}
      <Found incidents={incidents} limit={limit.value} isFiltered={searchOf(filter) !== ""} />
      <h2 class="unseen">{text("incidentsPage.list")}</h2>
      <IncidentTimeline
        api={api}
        incidents={rows}
        deliveries={deliveries}
        hubNowMs={live.hubNowMs}
        linked
      />
      {limit.value < ROWS_MAX && rows.length === limit.value && (
        <Button onClick={() => limit.value = ROWS_MAX}>{text("incidentsPage.more")}</Button>
      )}
    </>
  );
}

/** The same as a file, and on paper. */
function Tools({ question }: { readonly question: string }): JSX.Element {
  return (
    <p class="page-tools">
      <a class="button" href={`/api/v1/incidents.csv${question}`} download>
        {text("incidentsPage.csv")}
      </a>
      <Button onClick={() => print()}>{text("incidentsPage.print")}</Button>
    </p>
  );
}

interface FoundProps {
  readonly incidents: Query<readonly IncidentView[]>;
  readonly limit: number;
  readonly isFiltered: boolean;
}

/** Shows how many there are, or why there are none. */
function Found({ incidents, limit, isFiltered }: FoundProps): JSX.Element {
  const isNone = incidents.kind === "good" && incidents.body.length === 0;
  return (
    <>
      <p class="counted" role="status">{countedText(incidents, limit)}</p>
      {incidents.kind === "refused" && <p class="error">{incidents.why}</p>}
      {isNone && (
        <p class="nothing">
          {text(isFiltered ? "incidentsPage.noneFits" : "incidentsPage.none")}
        </p>
      )}
    </>
  );
}

function countedText(query: Query<readonly IncidentView[]>, limit: number): string {
  if (query.kind === "pending") return text("incidentsPage.loading");
  if (query.kind === "refused") return "";
  const count = query.body.length;
  return text(count < limit ? "incidentsPage.counted" : "incidentsPage.countedNewest", { count });
}
