/** Draws lines over time. It is a separate script, which a page loads with its first chart. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "./chart_data.ts";

const HEIGHT_PX = 150;
/** Space for labels: for the values beside the chart, and between the instants. */
const VALUES_PX = 58;
const INSTANTS_PX = 72;
const LABEL_FONT = "12px system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif";
/** All charts of a page show the same instant under the pointer. */
const SYNC_KEY = "vitals";

export interface PlotOptions {
  readonly chart: Chart;
  /** The shown time range, in seconds since 1970. */
  readonly fromS: number;
  readonly toS: number;
  /** A yes-or-no value, drawn in steps. */
  readonly isFlag: boolean;
  /** Labels of the axes. */
  readonly valueText: (value: number) => string;
  readonly instantText: (atS: number) => string;
  /** Called with the point under the pointer; `undefined` when there is none. */
  readonly onPoint: (point: { readonly atS: number; readonly value: number } | undefined) => void;
}

/** The script's export. */
export type Plotter = typeof drawPlot;

/** Draws into `place`, in the page's colours and full width, until disposed. */
export function drawPlot(place: HTMLElement, options: PlotOptions): Disposable {
  let plot = plotIn(place, options);
  const redraw = () => {
    plot.destroy();
    plot = plotIn(place, options);
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redraw);
  const size = new ResizeObserver(() => {
    const width = place.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT_PX });
  });
  size.observe(place);
  return {
    [Symbol.dispose]() {
      dark.removeEventListener("change", redraw);
      size.disconnect();
      plot.destroy();
    },
  };
}

function plotIn(place: HTMLElement, options: PlotOptions): uPlot {
  const { chart, fromS, toS } = options;
  const colours = coloursOf(place);
  return new uPlot(
    {
      width: Math.max(place.clientWidth, VALUES_PX),
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: {
        drag: { x: false, y: false },
        y: false,
        points: { size: 7 },
        sync: { key: SYNC_KEY, scales: ["x", null] },
      },
      scales: {
        x: { time: true, range: [fromS, toS] },
        y: { range: [chart.min, chart.max] },
      },
      series: [{}, line(options, colours)],
      axes: axes(options, colours),
      hooks: {
        draw: [(plot) => drawThresholds(plot, chart, colours)],
        setCursor: [(plot) => options.onPoint(pointOf(plot))],
      },
    },
    [[...chart.times], [...chart.values]],
    place,
  );
}

interface Colours {
  readonly line: string;
  readonly area: string;
  readonly label: string;
  readonly grid: string;
  readonly warning: string;
  readonly critical: string;
}

/** A canvas does not use the style sheet, so it needs the current colours as values. */
function coloursOf(place: HTMLElement): Colours {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: colour("--asleep"),
    area: colour("--asleep-wash"),
    label: colour("--muted"),
    grid: colour("--line"),
    warning: colour("--attention"),
    critical: colour("--down"),
  };
}

function line({ isFlag }: PlotOptions, colours: Colours): uPlot.Series {
  const steps = isFlag ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    stroke: colours.line,
    fill: colours.area,
    width: 1.75,
    ...(steps === undefined ? {} : { paths: steps }),
  };
}

function axes({ isFlag, valueText, instantText }: PlotOptions, colours: Colours): uPlot.Axis[] {
  const common = {
    stroke: colours.label,
    font: LABEL_FONT,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...common,
      space: INSTANTS_PX,
      size: 28,
      grid: { show: false },
      values: (_plot, instants) => instants.map(instantText),
    },
    {
      ...common,
      space: 34,
      size: VALUES_PX,
      ...(isFlag ? { splits: [0, 1] } : {}),
      values: (_plot, values) => values.map(valueText),
    },
  ];
}

function drawThresholds(plot: uPlot, { thresholds, min, max }: Chart, colours: Colours): void {
  const { left, width } = plot.bbox;
  plot.ctx.save();
  plot.ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  plot.ctx.lineWidth = devicePixelRatio;
  for (const { at, level } of thresholds) {
    if (at <= min || at >= max) continue;
    const y = Math.round(plot.valToPos(at, "y", true));
    plot.ctx.strokeStyle = colours[level];
    plot.ctx.beginPath();
    plot.ctx.moveTo(left, y);
    plot.ctx.lineTo(left + width, y);
    plot.ctx.stroke();
  }
  plot.ctx.restore();
}

function pointOf(plot: uPlot): { readonly atS: number; readonly value: number } | undefined {
  const index = plot.cursor.idx;
  if (index === null || index === undefined) return undefined;
  const atS = plot.data[0][index];
  const value = plot.data[1]?.[index];
  return typeof atS === "number" && typeof value === "number" ? { atS, value } : undefined;
}
