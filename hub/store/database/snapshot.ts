/** All rows of some tables, as data that can be sent to another thread. */

import type { SQLInputValue } from "node:sqlite";
import { Connection } from "./connection.ts";
import { quoted } from "./salvage.ts";
import { LIVE_TABLES, type Table } from "./tables.ts";

interface TableRows {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SQLInputValue[])[];
}

export interface Snapshot {
  readonly tables: readonly TableRows[];
  /** The last id of each table that never reuses one. */
  readonly counts: readonly (readonly [name: string, id: number])[];
}

/** Reads all rows, in the order of their keys. */
export function snapshotOf(
  database: Connection,
  tables: readonly Table[] = LIVE_TABLES,
): Snapshot {
  return {
    tables: tables.map(({ name, key }) => {
      const columns = database.columnsOf(name);
      const sql = `SELECT ${quoted(columns)} FROM ${name} ORDER BY ${key}`;
      return { name, columns, rows: database.values(sql, {}) };
    }),
    counts: database.values("SELECT name, seq FROM sqlite_sequence", {}).map(([name, seq]) =>
      [String(name), Number(seq)] as const
    ),
  };
}

/** Replaces the tables of a database by those of the snapshot, in the caller's transaction. */
export function writeSnapshot({ tables, counts }: Snapshot, to: Connection): void {
  for (const { name } of tables.toReversed()) to.exec(`DELETE FROM ${name}`);
  for (const { name, columns, rows } of tables) {
    const places = columns.map(() => "?").join(", ");
    const sql = `INSERT INTO ${name} (${quoted(columns)}) VALUES (${places})`;
    for (const row of rows) to.runValues(sql, row);
  }
  for (const [name, seq] of counts) {
    to.run("DELETE FROM sqlite_sequence WHERE name = :name", { name });
    to.run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", { name, seq });
  }
}

/** Returns an in-memory database with the live tables of the snapshot. */
export function memoryOf(snapshot: Snapshot): Connection {
  const memory = Connection.inMemory();
  memory.migrate();
  memory.exec("PRAGMA foreign_keys = OFF");
  memory.transaction(() => writeSnapshot(snapshot, memory));
  memory.exec("PRAGMA foreign_keys = ON");
  return memory;
}
