/** The synchronous database interface that the row files use, for any kind of connection. */

import type { SQLInputValue } from "node:sqlite";

/** Maps column or parameter names to values. */
export type Row = Readonly<Record<string, SQLInputValue>>;

export interface Database {
  run(sql: string, values: Row): void;
  /** Returns the first row, if there is one. */
  get(sql: string, values: Row): Row | undefined;
  all(sql: string, values: Row): readonly Row[];
}

/** Converts SQLite's NULL or number. */
export function numberOrNone(value: SQLInputValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function textOrNone(value: SQLInputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Instants are stored in whole milliseconds. */
export function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
