/** A chart as a table of numbers. */

import type { JSX } from "preact";
import { text } from "../texts/texts.ts";
import { type Stretch, stretchesOf, type VitalChartProps } from "./chart_data.ts";
import { pointInstantText, valueText } from "./chart_text.ts";

/** Few enough for a screen reader. */
const ROWS = 12;

export function ChartTable({ name, points, history }: VitalChartProps): JSX.Element {
  const stretches = stretchesOf(points, {
    fromS: Date.parse(history.from) / 1000,
    toS: Date.parse(history.to) / 1000,
    count: ROWS,
  });
  const instant = (atS: number) => pointInstantText(history.span, atS);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{text("chart.time")}</th>
          <th scope="col">{text("chart.lowest")}</th>
          <th scope="col">{text("chart.mean")}</th>
          <th scope="col">{text("chart.highest")}</th>
        </tr>
      </thead>
      <tbody>
        {stretches.map((stretch) => (
          <tr key={stretch.fromS}>
            <th scope="row">
              {text("chart.stretch", { from: instant(stretch.fromS), to: instant(stretch.toS) })}
            </th>
            <Cells name={name} stretch={stretch} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cells(
  { name, stretch }: { readonly name: string; readonly stretch: Stretch },
): JSX.Element {
  const { figures } = stretch;
  if (figures === undefined) return <td colSpan={3}>{text("chart.nothingMeasured")}</td>;
  return (
    <>
      <td>{valueText(name, figures.lowest.value)}</td>
      <td>{valueText(name, figures.mean)}</td>
      <td>{valueText(name, figures.highest.value)}</td>
    </>
  );
}
