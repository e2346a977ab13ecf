/** Reads tables of a file that may be partly damaged, and copies the readable rows. */

import type { SQLInputValue } from "node:sqlite";
import type { Connection } from "./connection.ts";
import { storageFaultOf } from "./storage_fault.ts";
import type { Table } from "./tables.ts";

/** Rows per read; the hub is blocked meanwhile. */
const ROWS_AT_ONCE = 200;
/** The largest possible key. */
const KEY_MAX = Number.MAX_SAFE_INTEGER;

/** The values of a row in the order of the table's columns. */
export type Values = readonly SQLInputValue[];

/** Some rows of a table, or the fact that some cannot be read. */
export type Piece = { readonly kind: "rows"; readonly rows: readonly Values[] } | {
  readonly kind: "damage";
};

/**
 * Returns the rows of a table in the order of their keys, a few at a time. It skips unreadable
 * rows.
 */
export function rowsOf(
  source: Connection,
  table: Table,
  columns: readonly string[],
): Generator<Piece, void, void> {
  return new Reader(source, table, columns).all();
}

/**
 * Copies the rows of a table that the target does not have. Returns whether all of them could be
 * copied.
 */
export function copyTable(from: Connection, to: Connection, table: Table): boolean {
  const columns = to.columnsOf(table.name);
  let isWhole = true;
  for (const piece of rowsOf(from, table, columns)) {
    if (piece.kind === "damage") isWhole = false;
    else for (const row of piece.rows) if (!insert(to, table.name, columns, row)) isWhole = false;
  }
  return isWhole;
}

/**
 * A row that violates the table's constraints is damaged, although SQLite could read it. Throws
 * when the target fails.
 */
function insert(to: Connection, table: string, columns: readonly string[], row: Values): boolean {
  try {
    const places = columns.map(() => "?").join(", ");
    to.runValues(`INSERT OR IGNORE INTO ${table} (${quoted(columns)}) VALUES (${places})`, row);
    return true;
  } catch (error) {
    if (storageFaultOf(error) !== undefined) throw error;
    return false;
  }
}

class Reader {
  readonly #source: Connection;
  readonly #table: Table;
  readonly #columns: string;

  constructor(source: Connection, table: Table, columns: readonly string[]) {
    this.#source = source;
    this.#table = table;
    this.#columns = quoted(columns);
  }

  *all(): Generator<Piece, void, void> {
    let last = -1;
    while (last < KEY_MAX) {
      const rows = this.#next(last, ROWS_AT_ONCE);
      if (rows?.length === 0) return;
      if (rows === undefined) {
        yield { kind: "damage" };
        last = yield* this.#aroundDamage(last);
      } else {
        yield pieceOf(rows);
        last = keyOf(rows.at(-1));
      }
    }
  }

  /**
   * Reads row by row up to the damage, and then continues behind it. Returns the last key that was
   * handled.
   */
  *#aroundDamage(from: number): Generator<Piece, number, void> {
    let last = from;
    for (;;) {
      const rows = this.#next(last, 1);
      if (rows === undefined) break;
      if (rows.length === 0) return KEY_MAX;
      yield pieceOf(rows);
      last = keyOf(rows.at(-1));
    }
    // Searches the first row behind the damage in growing steps, because the size of the damage is
    // unknown.
    for (let step = 1, key = last + 1; key < KEY_MAX; step *= 2, key += step) {
      const rows = this.#next(key, 1);
      if (rows === undefined) continue;
      const end = rows.length === 0 ? KEY_MAX : keyOf(rows[0]);
      yield* this.#backwards(last, end);
      return rows.length === 0 ? KEY_MAX : end - 1;
    }
    return KEY_MAX;
  }

  /**
   * Reads the rows that the large steps have skipped, backwards from the end down to the damage.
   */
  *#backwards(last: number, end: number): Generator<Piece, void, void> {
    const { key } = this.#table;
    for (let before = end; before > last + 1;) {
      const rows = this.#read(
        `WHERE ${key} > :last AND ${key} < :before ORDER BY ${key} DESC LIMIT 1`,
        { last, before },
      );
      if (rows === undefined || rows.length === 0) return;
      yield pieceOf(rows);
      before = keyOf(rows[0]);
    }
  }

  /** Returns the rows after a key in order; `undefined` when one of them cannot be read. */
  #next(last: number, limit: number): readonly Values[] | undefined {
    const { name, key } = this.#table;
    if (key === "rowid") {
      return this.#read("WHERE rowid > :last ORDER BY rowid LIMIT :limit", { last, limit });
    }
    // Several rows have the same key, so they are read together.
    const nextKey = `(SELECT min(${key}) FROM ${name} WHERE ${key} > :last)`;
    return this.#read(`WHERE ${key} = ${nextKey}`, { last });
  }

  #read(which: string, values: Readonly<Record<string, number>>): readonly Values[] | undefined {
    const { name, key } = this.#table;
    try {
      return this.#source.values(`SELECT ${key}, ${this.#columns} FROM ${name} ${which}`, values);
    } catch {
      return undefined;
    }
  }
}

/** A column may have the name of an SQL keyword. */
export function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}

/** The key is the first value. */
function pieceOf(rows: readonly Values[]): Piece {
  return { kind: "rows", rows: rows.map((row) => row.slice(1)) };
}

function keyOf(row: Values | undefined): number {
  const key = row?.[0];
  return typeof key === "number" ? key : KEY_MAX;
}
