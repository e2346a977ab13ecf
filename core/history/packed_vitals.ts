/** Vitals of one node in few bytes: a column for each kind, and one for the instants of samples. */

import type { Means, Readings, Sample } from "./downsample.ts";
import { packColumns, unpackColumns } from "./packed_columns.ts";

/** The column of instants, in seconds after the first one of the row. */
const INSTANTS = "";
/** The usual vitals are named by one letter, because the names take as much room as the values. */
const LETTERS: readonly (readonly [kind: string, letter: string])[] = [
  ["temperature", "t"],
  ["cpu", "c"],
  ["memory", "m"],
  ["disk", "d"],
  ["under_voltage", "u"],
];
const LETTER_OF = new Map(LETTERS);
const KIND_OF = new Map(LETTERS.map(([kind, letter]) => [letter, kind]));
/** The first character of the name of any other vital. */
const OTHER = "~";

/** Instants count from `atS`. */
export function packSamples(samples: readonly Sample[], atS: number): Uint8Array {
  const kinds = new Set(samples.flatMap(({ readings }) => Object.keys(readings)));
  return packColumns([
    [INSTANTS, samples.map((sample) => sample.atS - atS)],
    ...[...kinds].map((kind) =>
      [nameOf(kind), samples.map(({ readings }) => readingOf(readings, kind))] as const
    ),
  ]);
}

/** Kinds come from the network, so one may have the name of an inherited property. */
function readingOf(readings: Readings, kind: string): number | null {
  return Object.hasOwn(readings, kind) ? readings[kind] ?? null : null;
}

/** Throws a `RangeError` for bytes that `packSamples` did not make. */
export function unpackSamples(bytes: Uint8Array, atS: number): readonly Sample[] {
  const columns = unpackColumns(bytes);
  const instants = columns.get(INSTANTS) ?? [];
  const kinds = [...columns].filter(([name]) => name !== INSTANTS)
    .map(([name, values]) => [kindOf(name), values] as const);
  return instants.flatMap((afterS, index) => {
    if (afterS === null) return [];
    const readings = kinds.flatMap(([kind, values]) => {
      const value = values[index] ?? null;
      return value === null ? [] : [[kind, value] as const];
    });
    return [{ atS: atS + afterS, readings: Object.fromEntries(readings) }];
  });
}

export function packMeans(means: Means): Uint8Array {
  return packColumns(Object.entries(means).map(([kind, values]) => [nameOf(kind), values]));
}

/** Throws a `RangeError` for bytes that `packMeans` did not make. */
export function unpackMeans(bytes: Uint8Array): Means {
  const columns = [...unpackColumns(bytes)];
  return Object.fromEntries(columns.map(([name, values]) => [kindOf(name), values]));
}

function nameOf(kind: string): string {
  return LETTER_OF.get(kind) ?? OTHER + kind;
}

function kindOf(name: string): string {
  return KIND_OF.get(name) ?? name.slice(OTHER.length);
}
