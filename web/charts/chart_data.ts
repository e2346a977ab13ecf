/** What a chart of one vital shows, and the same as numbers for whoever cannot see it. */

import type { VitalPoint, VitalsHistoryView } from "../../core/history/history.ts";
import { isVitalName, VITAL_KINDS, type VitalKind } from "../../core/protocol/vitals.ts";

/** One line over time. Values of a flag are the share of the time that it was so. */
export interface Chart {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** The scale's ends. */
  readonly min: number;
  readonly max: number;
  /** Where it begins to be bad: lines across, as far as they are on the scale. */
  readonly thresholds: readonly { readonly at: number; readonly level: "warning" | "critical" }[];
}

/** A measurement that stands out, and when it was. */
export interface Extreme {
  readonly value: number;
  readonly atS: number;
}

/** A stretch of a chart as numbers; `undefined` where nothing was heard. */
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

/** Room above and below a line that has no natural scale. */
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

/** The whole in a few numbers; `undefined` where nothing was measured. */
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

/** The time from `fromS` to `toS` in `count` equal stretches. */
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

/** Shares are of a hundred, flags of one; what has no natural scale shows how far it is from bad. */
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
