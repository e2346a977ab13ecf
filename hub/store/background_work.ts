/**
 * Long work on the file in small steps, because the hub cannot detect anything while it is blocked.
 */

import { Connection } from "./database/connection.ts";
import type { Row } from "./database/database.ts";
import { isTableSound } from "./database/loading.ts";
import { quoted, rowsOf, type Values } from "./database/salvage.ts";
import type { StorageFault } from "./database/storage_fault.ts";
import { LIVE_TABLES, TRANSITIONS, VITALS_TABLES } from "./database/tables.ts";
import type { WriteThrough } from "./database/write_through.ts";

/** SQLite checks this many rows in a fraction of a second. */
const ROWS_CHECKED_MAX = 50_000;

/** Each step reads a little. The work is done when the generator is. */
export type BackgroundWork = Generator<void, void, void>;

/** Reads the whole file once, table by table, and reports damage. */
export function* checkFile(database: WriteThrough): BackgroundWork {
  for (const { name } of [...LIVE_TABLES, TRANSITIONS]) {
    const file = yield* usableFile(database);
    if (!isTooLong(file, name) && !isTableSound(file, name)) {
      return database.noteDamage(damageOf(name));
    }
    yield;
  }
  for (const table of [TRANSITIONS, ...VITALS_TABLES]) {
    const file = yield* usableFile(database);
    for (const piece of rowsOf(file, table, file.columnsOf(table.name))) {
      // The file was replaced, so the new one needs its own check.
      if (database.file !== file) return yield* checkFile(database);
      if (piece.kind === "damage") return database.noteDamage(damageOf(table.name));
      yield;
    }
  }
}

/** Copies the readable vitals of a file that was set aside. */
export function* restoreVitals(database: WriteThrough, path: string): BackgroundWork {
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
      database.transaction(() => {
        for (const row of piece.rows) database.history.run(sql, named(columns, row));
      });
    }
  }
}

function named(columns: readonly string[], row: Values): Row {
  return Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
}

/** Waits until the file can be used. */
function* usableFile(database: WriteThrough): Generator<void, Connection, void> {
  for (;;) {
    const { file } = database;
    if (file !== undefined) return file;
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
