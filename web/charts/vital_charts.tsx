/** Vitals of a node over time: a chart of each, and the same as numbers. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import type { VitalsHistoryView, VitalsSpan } from "../../core/history/history.ts";
import { Choice } from "../parts/choice.tsx";
import { useQuery } from "../parts/query.ts";
import { Section } from "../parts/section.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { vitalNames } from "../words/vital_text.ts";
import { VitalChart } from "./vital_chart.tsx";

const SPANS: readonly VitalsSpan[] = ["1h", "24h", "7d", "30d"];
/** The refresh interval of the charts, by their time span. */
const REFRESH_MS: Readonly<Record<VitalsSpan, number>> = {
  "1h": 30_000,
  "24h": 300_000,
  "7d": 1_800_000,
  "30d": 3_600_000,
};
/** A limit, because a hostile node can invent kinds of vitals. */
const CHARTS_MAX = 12;

interface VitalChartsProps extends Pick<ViewProps, "api" | "live"> {
  readonly node: Pick<NodeView, "id">;
}

export function VitalCharts({ api, live, node }: VitalChartsProps): JSX.Element {
  const span = useSignal<VitalsSpan>("24h");
  const round = useComputed(() => Math.floor(live.hubNowMs.value / REFRESH_MS[span.value]));
  const asked = useQuery<VitalsHistoryView>(
    api,
    `/api/v1/nodes/${encodeURIComponent(node.id)}/vitals?span=${span.value}`,
    round.value,
  );
  return (
    <Section heading={text("chart.heading")} class="charts">
      <Choice
        label={text("chart.span")}
        choices={SPANS}
        chosen={span}
        words={(one) => text(`chart.span_${one}`)}
      />
      {asked.kind === "pending" && <p class="nothing">{text("chart.loading")}</p>}
      {asked.kind === "refused" && <p class="error">{asked.why}</p>}
      {asked.kind === "good" && <Charts history={asked.body} />}
    </Section>
  );
}

function Charts({ history }: { readonly history: VitalsHistoryView }): JSX.Element {
  const names = namesOf(history).slice(0, CHARTS_MAX);
  if (names.length === 0) return <p class="nothing">{text("chart.nothing")}</p>;
  return (
    <div class="chart-grid">
      {names.map((name) => (
        <VitalChart
          key={`${name} ${history.span}`}
          name={name}
          points={history.kinds[name] ?? []}
          history={history}
        />
      ))}
    </div>
  );
}

/** In the order of the cards; a vital that was never measured has no chart. */
function namesOf({ kinds }: VitalsHistoryView): readonly string[] {
  const measured = Object.entries(kinds)
    .filter(([, points]) => points.some(([, value]) => value !== null))
    .map(([name]) => [name, { value: null, level: "ok" }] as const);
  return vitalNames(Object.fromEntries(measured));
}
