/** One vital over time. */

import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../texts/texts.ts";
import { vitalLabel } from "../words/vital_text.ts";
import { chartOf, figuresOf, type VitalChartProps } from "./chart_data.ts";
import { ChartTable } from "./chart_table.tsx";
import {
  axisInstantText,
  axisText,
  figuresText,
  kindOf,
  pointInstantText,
  valueText,
} from "./chart_text.ts";
import { loadPlotter } from "./plotter.ts";

export function VitalChart({ name, points, history }: VitalChartProps): JSX.Element {
  const { span } = history;
  const pointed = useSignal("");
  const label = vitalLabel(name);
  const figures = figuresText(name, figuresOf(points), span);
  return (
    <figure class="chart" data-chart={name}>
      <figcaption>
        <h3>{label}</h3>
        <p class="chart-figures">{figures}</p>
        {/* Follows the pointer, so it is only for sighted readers. */}
        <p class="chart-pointed" aria-hidden="true">{pointed}</p>
      </figcaption>
      <Drawing
        name={name}
        points={points}
        history={history}
        label={text("chart.label", { vital: label, figures })}
        pointed={pointed}
      />
      <details>
        <summary>{text("chart.table", { vital: label })}</summary>
        <ChartTable name={name} points={points} history={history} />
      </details>
    </figure>
  );
}

interface DrawingProps extends VitalChartProps {
  readonly label: string;
  readonly pointed: Signal<string>;
}

function Drawing({ name, points, history, label, pointed }: DrawingProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [isDrawn, setDrawn] = useState<boolean | undefined>();
  useEffect(() => {
    const stop = new AbortController();
    void draw({ name, points, history, pointed, place: place.current, stop: stop.signal })
      .then(setDrawn);
    return () => stop.abort();
  }, [name, points, history]);
  return (
    <>
      <div ref={place} class="chart-place" role="img" aria-label={label} />
      {isDrawn === false && <p class="nothing">{text("chart.failed")}</p>}
    </>
  );
}

interface Sheet extends Omit<DrawingProps, "label"> {
  readonly place: HTMLDivElement | null;
  readonly stop: AbortSignal;
}

/** Returns false when the drawing script could not be loaded. */
async function draw({ name, points, history, pointed, place, stop }: Sheet): Promise<boolean> {
  const drawPlot = await loadPlotter();
  if (drawPlot === undefined) return false;
  if (place === null || stop.aborted) return true;
  const { span } = history;
  const plot = drawPlot(place, {
    chart: chartOf(name, points),
    fromS: Date.parse(history.from) / 1000,
    toS: Date.parse(history.to) / 1000,
    isFlag: kindOf(name)?.kind === "flag",
    valueText: (value) => axisText(name, value),
    instantText: (atS) => axisInstantText(span, atS),
    onPoint: (point) => {
      pointed.value = point === undefined ? "" : text("chart.pointed", {
        value: valueText(name, point.value),
        when: pointInstantText(span, point.atS),
      });
    },
  });
  stop.addEventListener("abort", () => plot[Symbol.dispose]());
  return true;
}
