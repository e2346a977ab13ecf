/** The first line of the page: the state of the cluster, in one sentence. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NotificationView } from "../../core/alerting/notification.ts";
import type { AlarmView } from "../../core/api/alarm_view.ts";
import type { IncidentView } from "../../core/api/incident_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import { Age } from "../parts/moment.tsx";
import { Sentence } from "../parts/sentence.tsx";
import { LIVENESS_SEVERITIES, StatusIcon } from "../parts/status_icon.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import type { Verdict } from "../status/verdict.ts";
import { pieces, text } from "../texts/texts.ts";
import { AlarmLine } from "./alarm_line.tsx";
import { CareLine } from "./care_line.tsx";
import { NotificationLine } from "./notification_line.tsx";

interface VerdictLineProps extends Pick<ViewProps, "api"> {
  readonly verdict: Verdict;
  readonly nodes: readonly NodeView[];
  /** Before the first snapshot nothing is known. */
  readonly alarm: AlarmView | undefined;
  readonly notification: NotificationView | undefined;
  readonly isGuest: boolean;
  /** Newest first. */
  readonly incidents: readonly IncidentView[];
  readonly hubNowMs: ReadonlySignal<number>;
  /** The hub's time, in steps of a minute. */
  readonly now: string;
}

export function VerdictLine(
  { api, verdict, nodes, alarm, notification, isGuest, incidents, hubNowMs, now }: VerdictLineProps,
): JSX.Element {
  return (
    <section class={`verdict severity-${verdict.severity}`} aria-label={text("verdict.label")}>
      <StatusIcon severity={verdict.severity} />
      <div class="verdict-words">
        <h1 tabIndex={-1}>
          <Sentence pieces={verdict.sentence} />
        </h1>
        {verdict.notes.map((note, index) => (
          <p key={index} class="note">
            <Sentence pieces={note} />
          </p>
        ))}
        {verdict.severity === "well" && <LastIncident incidents={incidents} hubNowMs={hubNowMs} />}
        {alarm && !verdict.stale && (
          <>
            <AlarmLine alarm={alarm} />
            <CareLine api={api} nodes={nodes} alarm={alarm} now={now} guest={isGuest} />
          </>
        )}
        <NotificationLine notification={notification} isGuest={isGuest} />
        <StatusCounts nodes={nodes} stale={verdict.stale} />
      </div>
    </section>
  );
}

/** The time since the last incident. */
function LastIncident(
  { incidents, hubNowMs }: Pick<VerdictLineProps, "incidents" | "hubNowMs">,
): JSX.Element | null {
  const ends = incidents.flatMap((incident) => incident.recovered_at ?? []);
  const last = ends.reduce((a, b) => a > b ? a : b, "");
  if (last === "") return null;
  return (
    <p class="note">
      {pieces("verdict.lastEnded", { age: <Age at={last} hubNowMs={hubNowMs} /> })}
    </p>
  );
}

const STATUS_ORDER: readonly Liveness[] = ["dead", "suspect", "unknown", "alive", "left"];

/** The number of nodes in each state, unless the sentence says it already. */
function StatusCounts(
  { nodes, stale }: { readonly nodes: readonly NodeView[]; readonly stale: boolean },
): JSX.Element | null {
  const counts = STATUS_ORDER.map((liveness) => ({
    liveness,
    count: nodes.filter((node) => node.liveness === liveness).length,
  })).filter(({ count }) => count > 0);
  if (counts.length === 0 || (counts.length === 1 && !stale)) return null;
  return (
    <ul class="status-counts">
      {counts.map(({ liveness, count }) => (
        <li key={liveness} class={`severity-${LIVENESS_SEVERITIES[liveness]}`}>
          <StatusIcon severity={LIVENESS_SEVERITIES[liveness]} />
          {text(stale ? `liveness.counted_${liveness}` : `liveness.count_${liveness}`, { count })}
        </li>
      ))}
    </ul>
  );
}
