/** What the files of rows need of a database, whichever connection answers. Everything is synchronous. */

import type { SQLInputValue } from "node:sqlite";

/** Column or parameter names to values. */
export type Row = Readonly<Record<string, SQLInputValue>>;

export interface Database {
  run(sql: string, values: Row): void;
  /** The first row, if there is one. */
  get(sql: string, values: Row): Row | undefined;
  all(sql: string, values: Row): readonly Row[];
}

/** A column of SQLite's NULL or a number. */
export function numberOrNone(value: SQLInputValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function textOrNone(value: SQLInputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Instants are kept in whole milliseconds. */
export function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
