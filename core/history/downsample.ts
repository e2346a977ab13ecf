/**
 * Reduces many readings of vitals to means over equal parts of time. Instants are seconds since
 * 1970.
 */

import { isVitalName, type Vitals } from "../protocol/vitals.ts";
import type { VitalPoint } from "./history.ts";

/**
 * The number of kinds of vitals that are stored for a node: those of this version, and some newer
 * ones.
 */
export const KINDS_MAX = 12;
/** No vital is larger, so sums cannot overflow. */
const READING_MAX = 1e12;
/** Stored digits after the decimal point. */
const DIGITS = 2;

/** Readings by kind at one time. A flag is 0 or 1. */
export type Readings = Readonly<Record<string, number>>;

export interface Sample {
  readonly atS: number;
  readonly readings: Readings;
}

/** The vitals that can be drawn; empty if the node measures nothing. */
export function readingsOf(vitals: Vitals): Readings {
  const readings: [string, number][] = [];
  const known = Object.entries(vitals).filter(([name]) => isVitalName(name));
  const unknown = Object.entries(vitals).filter(([name]) => !isVitalName(name));
  for (const [name, { value }] of [...known, ...unknown]) {
    const reading = Number(value);
    if (value === null || Math.abs(reading) > READING_MAX || readings.length >= KINDS_MAX) continue;
    readings.push([name, rounded(reading)]);
  }
  return Object.fromEntries(readings);
}

/** Means by kind for the parts of a time span; `null` for a part without readings. */
export type Means = Readonly<Record<string, readonly (number | null)[]>>;

interface Mean {
  count: number;
  value: number;
  /** The mean, the first and the last of the instants. */
  atS: number;
  firstS: number;
  lastS: number;
}

/** Means over equal parts of time, any number of them. */
export class MeanSeries {
  readonly #fromS: number;
  readonly #stepS: number;
  readonly #kinds = new Map<string, Map<number, Mean>>();

  /** Parts of `stepS` seconds from `fromS` on. */
  constructor(fromS: number, stepS: number) {
    this.#fromS = fromS;
    this.#stepS = stepS;
  }

  add({ atS, readings }: Sample): void {
    const part = Math.floor((atS - this.#fromS) / this.#stepS);
    for (const [kind, value] of Object.entries(readings)) {
      let parts = this.#kinds.get(kind);
      if (parts === undefined) {
        if (this.#kinds.size >= KINDS_MAX && !isVitalName(kind)) continue;
        parts = new Map();
        this.#kinds.set(kind, parts);
      }
      const mean = parts.get(part) ?? { count: 0, value: 0, atS: 0, firstS: atS, lastS: atS };
      mean.count++;
      mean.firstS = Math.min(mean.firstS, atS);
      mean.lastS = Math.max(mean.lastS, atS);
      mean.value += (value - mean.value) / mean.count;
      mean.atS += (atS - mean.atS) / mean.count;
      parts.set(part, mean);
    }
  }

  /** The means of the first `count` parts. */
  means(count: number): Means {
    return Object.fromEntries([...this.#kinds].map(([kind, parts]) => [
      kind,
      Array.from({ length: count }, (_, part) => {
        const mean = parts.get(part);
        return mean === undefined ? null : rounded(mean.value);
      }),
    ]));
  }

  /**
   * The points, oldest first. After more than `gapS` seconds and a whole part without readings, one
   * point has no value, so there are never more points than parts.
   */
  points(gapS: number): Readonly<Record<string, readonly VitalPoint[]>> {
    return Object.fromEntries([...this.#kinds].map(([kind, parts]) => [
      kind,
      withGaps([...parts.values()].sort((a, b) => a.atS - b.atS), Math.max(gapS, 2 * this.#stepS)),
    ]));
  }
}

function withGaps(means: readonly Mean[], gapS: number): readonly VitalPoint[] {
  const points: VitalPoint[] = [];
  let beforeS = Infinity;
  for (const { atS, firstS, lastS, value } of means) {
    if (firstS - beforeS > gapS) points.push([Math.round((beforeS + firstS) / 2), null]);
    points.push([Math.round(atS), rounded(value)]);
    beforeS = lastS;
  }
  return points;
}

/** The samples of means, each in the middle of its part. */
export function samplesOf(means: Means, fromS: number, stepS: number): readonly Sample[] {
  const samples = new Map<number, Record<string, number>>();
  for (const [kind, values] of Object.entries(means)) {
    for (const [part, value] of values.entries()) {
      if (value === null) continue;
      const readings = samples.get(part) ?? {};
      readings[kind] = value;
      samples.set(part, readings);
    }
  }
  return [...samples].sort(([a], [b]) => a - b)
    .map(([part, readings]) => ({ atS: fromS + part * stepS + stepS / 2, readings }));
}

/** The mean of all parts, for each kind. */
export function meanOf(means: Means): Readings {
  const all = new MeanSeries(0, Infinity);
  for (const sample of samplesOf(means, 0, 1)) all.add({ ...sample, atS: 0 });
  return Object.fromEntries(
    Object.entries(all.means(1)).flatMap(([kind, [mean]]) =>
      mean === undefined || mean === null ? [] : [[kind, mean]]
    ),
  );
}

/** Returns `means` of `count` parts with `readings` as the values of one part. */
export function withPart(
  means: Means,
  readings: Readings,
  { part, count }: { readonly part: number; readonly count: number },
): Means {
  // Kinds come from the network. An object would also find inherited properties.
  const before = new Map(Object.entries(means));
  const ofPart = new Map(Object.entries(readings));
  const kinds = [...new Set([...before.keys(), ...ofPart.keys()])]
    .filter((kind, index) => index < KINDS_MAX || isVitalName(kind));
  return Object.fromEntries(kinds.map((kind) => [
    kind,
    Array.from({ length: count }, (_, index) => {
      return (index === part ? ofPart.get(kind) : before.get(kind)?.[index]) ?? null;
    }),
  ]));
}

function rounded(value: number): number {
  const scale = 10 ** DIGITS;
  return Math.round(value * scale) / scale;
}
