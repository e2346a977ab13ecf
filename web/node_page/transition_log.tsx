/** Each change of a node's state. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import type { TransitionView } from "../../core/history/history.ts";
import { Button } from "../parts/button.tsx";
import { Moment } from "../parts/moment.tsx";
import { useQuery } from "../parts/query.ts";
import { Section } from "../parts/section.tsx";
import { LIVENESS_SEVERITIES, StatusIcon } from "../parts/status_icon.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { byDay } from "../words/by_day.ts";
import { clockText } from "../words/instant.ts";

const FIRST_ROWS = 20;
/** The hub's limit for one answer. */
const ROWS_MAX = 1000;

interface TransitionLogProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  /** The hub's time of the last message, for dates. */
  readonly at: string;
}

export function TransitionLog({ api, node, at }: TransitionLogProps): JSX.Element {
  const limit = useSignal(FIRST_ROWS);
  const path = `/api/v1/nodes/${encodeURIComponent(node.id)}/transitions?limit=${limit.value}`;
  const query = useQuery<{ readonly transitions: readonly TransitionView[] }>(
    api,
    path,
    `${node.liveness} ${node.since}`,
  );
  const rows = query.kind === "good" ? query.body.transitions : [];
  return (
    <Section heading={text("nodePage.log")} class="log">
      {query.kind === "refused" && <p class="error">{query.why}</p>}
      {query.kind === "good" && rows.length === 0 && (
        <p class="nothing">{text("nodePage.logNothing")}</p>
      )}
      {byDay(rows, (row) => row.at, { now: at }).map((day) => (
        <div key={day.day}>
          <h3 class="day">{day.day}</h3>
          <ol class="rows">
            {day.rows.map((row) => <Row key={`${row.at} ${row.to}`} row={row} />)}
          </ol>
        </div>
      ))}
      {limit.value < ROWS_MAX && rows.length === limit.value && (
        <Button onClick={() => limit.value = ROWS_MAX}>{text("nodePage.logMore")}</Button>
      )}
    </Section>
  );
}

function Row({ row }: { readonly row: TransitionView }): JSX.Element {
  const severity = LIVENESS_SEVERITIES[row.to];
  const words = { from: text(`liveness.${row.from}`), to: text(`liveness.${row.to}`) };
  return (
    <li class={`row severity-${severity}`} data-transition={row.to}>
      <StatusIcon severity={severity} />
      <div>
        <p class="row-title">
          <span aria-hidden="true">{text("nodePage.logRow", words)}</span>
          <span class="unseen">{text("nodePage.logSpoken", words)}</span>
        </p>
        <p class="row-detail">
          <Moment at={row.at}>{clockText(row.at)}</Moment>
          {" · "}
          {text(`nodePage.reason_${row.reason}`)}
        </p>
      </div>
    </li>
  );
}
