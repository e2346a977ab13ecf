/** The data of a vital's chart, and the same as numbers for people who cannot see it. */

import type { VitalPoint, VitalsHistoryView } from "../../core/history/history.ts";
import { isVitalName, VITAL_KINDS, type VitalKind } from "../../core/protocol/vitals.ts";

/** One line over time. The value of a flag is the share of the time during which it was set. */
export interface Chart {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** The ends of the scale. */
  readonly min: number;
  readonly max: number;
  /** Horizontal lines at the limits, as far as they are on the scale. */
  readonly thresholds: readonly { readonly at: number; readonly level: "warning" | "critical" }[];
}

/** An extreme measurement, and its time. */
export interface Extreme {
  readonly value: number;
  readonly atS: number;
}

/** A part of a chart as numbers; `undefined` when nothing was heard. */
export interface Stretch {
  readonly fromS: number;
  readonly toS: number;
  readonly figures: Figures | undefined;
}

export interface Figures {
  readonly lowest: Extreme;
  readonly highest: Extreme;
  readonly mean: number;
  readonly last: Extreme;
}

/** Space above and below a line without a natural scale. */
const ROOM = 5;
const STEP = 10;

export function chartOf(name: string, points: readonly VitalPoint[]): Chart {
  const values = points.map(([, value]) => value);
  const thresholds = thresholdsOf(kindOf(name));
  return {
    times: points.map(([at]) => at),
    values,
    ...scaleOf(kindOf(name), measured(points).map(({ value }) => value)),
    thresholds,
  };
}

/** Summarises the chart in a few numbers; `undefined` when nothing was measured. */
export function figuresOf(points: readonly VitalPoint[]): Figures | undefined {
  const all = measured(points);
  const [first] = all;
  const last = all.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    lowest: all.reduce((a, b) => b.value < a.value ? b : a),
    highest: all.reduce((a, b) => b.value > a.value ? b : a),
    mean: all.reduce((sum, { value }) => sum + value, 0) / all.length,
    last,
  };
}

/** Divides the time from `fromS` to `toS` into `count` equal parts. */
export function stretchesOf(
  points: readonly VitalPoint[],
  { fromS, toS, count }: { readonly fromS: number; readonly toS: number; readonly count: number },
): readonly Stretch[] {
  const lengthS = (toS - fromS) / count;
  const parts: VitalPoint[][] = Array.from({ length: count }, () => []);
  for (const point of points) {
    const index = Math.min(count - 1, Math.floor((point[0] - fromS) / lengthS));
    parts[index]?.push(point);
  }
  return parts.map((part, index) => ({
    fromS: fromS + index * lengthS,
    toS: fromS + (index + 1) * lengthS,
    figures: figuresOf(part),
  }));
}

function measured(points: readonly VitalPoint[]): readonly Extreme[] {
  return points.flatMap(([atS, value]) => value === null ? [] : [{ atS, value }]);
}

function kindOf(name: string): VitalKind | undefined {
  return isVitalName(name) ? VITAL_KINDS[name] : undefined;
}

/** Percentages go to 100 and flags to 1. Other scales show the distance from the limits. */
function scaleOf(
  kind: VitalKind | undefined,
  values: readonly number[],
): { readonly min: number; readonly max: number } {
  if (kind?.kind === "flag") return { min: 0, max: 1 };
  if (kind?.unit === "%") return { min: 0, max: 100 };
  if (values.length === 0) return { min: 0, max: 1 };
  const lowest = Math.min(...values) - ROOM;
  const highest = Math.max(...values, kind?.criticalAt ?? -Infinity) + ROOM;
  return { min: Math.floor(lowest / STEP) * STEP, max: Math.ceil(highest / STEP) * STEP };
}

function thresholdsOf(kind: VitalKind | undefined): Chart["thresholds"] {
  if (kind?.kind !== "gauge") return [];
  const warning = { at: kind.warnAt, level: "warning" } as const;
  const critical = { at: kind.criticalAt, level: "critical" } as const;
  return [warning, critical].filter(({ at }) => Number.isFinite(at));
}

export interface VitalChartProps {
  readonly name: string;
  readonly points: readonly VitalPoint[];
  readonly history: VitalsHistoryView;
}
