/** Copies a database that other connections use meanwhile. */

import { Connection } from "./connection.ts";
import { filesOf } from "./database_file.ts";
import { areLiveTablesSound } from "./loading.ts";
import { quoted, rowsOf } from "./salvage.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { LIVE_TABLES, type Table, TRANSITIONS, VITALS_TABLES } from "./tables.ts";

const TABLES: readonly Table[] = [...LIVE_TABLES, TRANSITIONS, ...VITALS_TABLES];
/** SQLite's own table of the last id of each table that never reuses one. */
const COUNTS: Table = { name: "sqlite_sequence", key: "rowid" };

/**
 * Copies the database at `path`, as it is at the first step, into the empty file at `copy`. Each
 * step reads a few rows. The copy is complete when the generator ends. Throws SQLite's own error,
 * also when a row cannot be read.
 */
export function* copyDatabase(path: string, copy: string): Generator<void, void, void> {
  using source = Connection.toFile(path);
  using target = Connection.toFile(copy, "DELETE");
  target.migrate(source.version);
  // The first read begins a snapshot, which lasts until the connection is closed.
  source.exec("BEGIN");
  target.exec("BEGIN");
  for (const table of TABLES) yield* copyRows(source, target, table);
  target.exec("DELETE FROM sqlite_sequence");
  yield* copyRows(source, target, COUNTS);
  target.exec("COMMIT");
}

/** A table that the schema version of the database lacks has no columns, and no rows. */
function* copyRows(source: Connection, target: Connection, table: Table) {
  const columns = target.columnsOf(table.name);
  if (columns.length === 0) return;
  const places = columns.map(() => "?").join(", ");
  const sql = `INSERT INTO ${table.name} (${quoted(columns)}) VALUES (${places})`;
  for (const piece of rowsOf(source, table, columns)) {
    if (piece.kind === "damage") throw new Error(`the table ${table.name} is malformed`);
    for (const row of piece.rows) target.runValues(sql, row);
    yield;
  }
}

/**
 * If the file at `path` holds the whole database, nothing changes the file until the result is
 * disposed, and its bytes may be copied. Returns `undefined` if a journal holds later writes.
 */
export function restingDatabase(path: string): Disposable | undefined {
  const [, journal = ""] = filesOf(path);
  const isResting = () => (sizeOf(journal) ?? 0) === 0;
  if (!isResting()) return undefined;
  const reader = Connection.toFile(path);
  // Later writes stay in the journal as long as this snapshot is read.
  reader.exec("BEGIN");
  reader.get("SELECT count(*) AS tables FROM sqlite_schema", {});
  if (isResting()) return reader;
  reader[Symbol.dispose]();
  return undefined;
}

/** Returns whether the file, which nobody else uses, is a database whose live tables are sound. */
export function isSoundDatabase(path: string): boolean {
  try {
    using file = Connection.toFile(path, "DELETE");
    return file.version > 0 && areLiveTablesSound(file);
  } catch {
    return false;
  }
}

/** Why a file, which nobody else uses, cannot be this hub's database; `undefined` when it can. */
export function databaseProblem(path: string): "damaged" | "newer" | undefined {
  if (!isSoundDatabase(path)) return "damaged";
  using file = Connection.toFile(path, "DELETE");
  return file.version > SCHEMA_STEPS.length ? "newer" : undefined;
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}
