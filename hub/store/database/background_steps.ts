/** Long work on the file in small steps, because writes must wait for the end of each step. */

import { Connection } from "./connection.ts";
import type { Row } from "./database.ts";
import { isTableSound } from "./loading.ts";
import { quoted, rowsOf, type Values } from "./salvage.ts";
import type { StorageFault } from "./storage_fault.ts";
import { LIVE_TABLES, TRANSITIONS, VITALS_TABLES } from "./tables.ts";

/** SQLite checks this many rows in a fraction of a second. */
const ROWS_CHECKED_MAX = 50_000;

/** Each step reads a little. The work ends with the generator. */
export type Steps = Generator<void, void, void>;

/** The part of `FileKeeper` that the steps use. */
export interface Keeper {
  /** The file, while it is up to date with memory. */
  readonly usable: Connection | undefined;
  noteDamage(fault: StorageFault): void;
  /** Runs `write` in a transaction. Returns false when the disk accepts nothing. */
  writeAlone(write: (file: Connection) => void): boolean;
}

/** Reads the whole file once, table by table, and notes damage. */
export function* checkFile(keeper: Keeper): Steps {
  for (const { name } of [...LIVE_TABLES, TRANSITIONS]) {
    const file = yield* usableFile(keeper);
    if (!isTooLong(file, name) && !isTableSound(file, name)) {
      return keeper.noteDamage(damageOf(name));
    }
    yield;
  }
  for (const table of [TRANSITIONS, ...VITALS_TABLES]) {
    const file = yield* usableFile(keeper);
    for (const piece of rowsOf(file, table, file.columnsOf(table.name))) {
      // The file was replaced, so the new one needs its own check.
      if (keeper.usable !== file) return yield* checkFile(keeper);
      if (piece.kind === "damage") return keeper.noteDamage(damageOf(table.name));
      yield;
    }
  }
}

/** Copies the readable vitals of a file that was set aside. */
export function* restoreVitals(keeper: Keeper, path: string): Steps {
  using aside = Connection.toFile(path);
  for (const table of VITALS_TABLES) {
    const columns = aside.columnsOf(table.name);
    // A file that could not be upgraded lacks newer tables.
    if (columns.length === 0) continue;
    const places = columns.map((name) => `:${name}`).join(", ");
    const sql = `INSERT OR IGNORE INTO ${table.name} (${quoted(columns)}) VALUES (${places})`;
    for (const piece of rowsOf(aside, table, columns)) {
      yield;
      if (piece.kind === "damage") continue;
      const insert = (file: Connection) => {
        for (const row of piece.rows) file.run(sql, named(columns, row));
      };
      while (!keeper.writeAlone(insert)) yield;
    }
  }
}

function named(columns: readonly string[], row: Values): Row {
  return Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
}

/** Waits until the file can be used. */
function* usableFile(keeper: Keeper): Generator<void, Connection, void> {
  for (;;) {
    const { usable } = keeper;
    if (usable !== undefined) return usable;
    yield;
  }
}

/**
 * Returns whether a check of a table and its indexes would take too long. Then only its rows are
 * read, a few at a time.
 */
function isTooLong(file: Connection, table: string): boolean {
  try {
    return Number(file.get(`SELECT count(*) AS rows FROM ${table}`, {})?.rows) > ROWS_CHECKED_MAX;
  } catch {
    // A table that cannot be counted is damaged, and the check will report it.
    return false;
  }
}

function damageOf(table: string): StorageFault {
  return { cause: "damaged", reason: `the table ${table} cannot be read` };
}
