/** Loads the readable part of a file's live tables into memory. */

import { copyWhole } from "./bulk_copy.ts";
import { Connection } from "./connection.ts";
import { NEVER_MS } from "./instants.ts";
import { copyTable, quoted, type Values } from "./salvage.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import type { Snapshot } from "./snapshot.ts";
import { LIVE_TABLES } from "./tables.ts";

export interface Loaded {
  readonly memory: Connection;
  /** A part of the file could not be read, or is not valid. */
  readonly isDamaged: boolean;
}

/**
 * The first id of a run that could not read the file, so that its rows can be merged with the file
 * later.
 */
const FOREIGN_IDS_FROM = 2 ** 40;
/** Tables that never reuse an id. */
const COUNTED_TABLES = ["incidents", "outbox", "alert_items", "sessions"];

/** Returns empty tables, for a file that is new or cannot be opened now. */
export function emptyMemory({ isFileKnown }: { readonly isFileKnown: boolean }): Connection {
  const memory = Connection.inMemory();
  memory.migrate();
  if (!isFileKnown) {
    for (const table of COUNTED_TABLES) countFrom(memory, table, FOREIGN_IDS_FROM);
  }
  return memory;
}

/**
 * Loads all live tables at the file's schema version, and then upgrades them to the present one.
 */
export function loadMemory(file: Connection): Loaded {
  const version = versionOf(file);
  let memory = withoutRows(version);
  const tables = LIVE_TABLES.filter(({ name }) => hasTable(memory, name));
  let isDamaged = false;
  if (!copyWhole(file, memory, tables.map(({ name }) => name))) {
    memory[Symbol.dispose]();
    memory = withoutRows(version);
    memory.transaction(() => {
      for (const table of tables) if (!copyTable(file, memory, table)) isDamaged = true;
    });
  }
  memory.transaction(() => takeCounts(file, memory));
  memory.migrate();
  if (isDamaged) memory.transaction(() => dropFragments(memory));
  memory.exec("PRAGMA foreign_keys = ON");
  return { memory, isDamaged };
}

/** Returns the tables of a schema version; foreign keys are off. */
function withoutRows(version: number): Connection {
  const memory = Connection.inMemory();
  memory.migrate(version);
  memory.exec("PRAGMA foreign_keys = OFF");
  return memory;
}

/**
 * Merges the changes of a run that could not read the file into a memory that was loaded from it.
 * If both have the same incident open, the file's one stays.
 */
export function mergeChanges(memory: Connection, changes: Uint8Array): void {
  memory.exec("PRAGMA foreign_keys = OFF");
  memory.transaction(() => {
    memory.applyChanges(changes, { isLenient: true });
    dropFragments(memory);
  });
  memory.exec("PRAGMA foreign_keys = ON");
}

/** Takes over what other programs may have written into the file. Equal rows are not touched. */
export function takeSharedTables({ tables }: Snapshot, memory: Connection): void {
  for (const { name, columns, rows } of tables) {
    const there = byText(rows);
    const here = byText(memory.values(`SELECT ${quoted(columns)} FROM ${name}`, {}));
    // The first column of each table is its key.
    for (const [text, row] of here) {
      if (there.has(text)) continue;
      memory.runValues(`DELETE FROM ${name} WHERE "${columns[0]}" = ?`, row.slice(0, 1));
    }
    const places = columns.map(() => "?").join(", ");
    const sql = `INSERT INTO ${name} (${quoted(columns)}) VALUES (${places})`;
    for (const [text, row] of there) if (!here.has(text)) memory.runValues(sql, row);
  }
}

function byText(rows: readonly Values[]): ReadonlyMap<string, Values> {
  return new Map(rows.map((row) => [JSON.stringify(row), row]));
}

/**
 * Returns whether SQLite finds no fault in a file's live tables and their indexes. A file that could
 * not be upgraded, because the disk is full or locked, lacks newer tables.
 */
export function areLiveTablesSound(file: Connection): boolean {
  const isUpgraded = versionOf(file) === SCHEMA_STEPS.length;
  return LIVE_TABLES.every(({ name }) =>
    isTableSound(file, name) || (!isUpgraded && lacksTable(file, name))
  );
}

function lacksTable(file: Connection, name: string): boolean {
  try {
    return !hasTable(file, name);
  } catch {
    return false;
  }
}

export function isTableSound(file: Connection, table: string): boolean {
  try {
    const [row] = file.all(`PRAGMA integrity_check(${table})`, {});
    return row?.integrity_check === "ok";
  } catch {
    return false;
  }
}

/** A damaged file may not have a readable version. Then the present one is assumed. */
function versionOf(file: Connection): number {
  const latest = SCHEMA_STEPS.length;
  try {
    const { version } = file;
    return version >= 1 && version <= latest ? version : latest;
  } catch {
    return latest;
  }
}

function hasTable(database: Connection, name: string): boolean {
  return database.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = :name", {
    name,
  }) !== undefined;
}

function takeCounts(file: Connection, memory: Connection): void {
  try {
    for (const { name, seq } of file.all("SELECT name, seq FROM sqlite_sequence", {})) {
      if (typeof seq === "number") countFrom(memory, String(name), seq);
    }
  } catch {
    // The tables themselves show which ids were used last.
  }
}

function countFrom(memory: Connection, name: string, seq: number): void {
  memory.run("DELETE FROM sqlite_sequence WHERE name = :name", { name });
  memory.run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", { name, seq });
}

/**
 * Removes rows without a parent row and texts that are not valid JSON, because they would break
 * their readers. A message that has nothing left to say counts as refused, so that the hub sends a
 * new one about its incidents.
 */
function dropFragments(memory: Connection): void {
  memory.exec(`
    DELETE FROM nodes WHERE NOT json_valid(facts);
    DELETE FROM alert_items WHERE NOT json_valid(content) OR NOT json_valid(coalesce(common, 'null'));
    DELETE FROM outbox_items WHERE message NOT IN (SELECT id FROM outbox)
      OR item NOT IN (SELECT id FROM alert_items);
    DELETE FROM told WHERE incident NOT IN (SELECT id FROM incidents);
    UPDATE outbox SET state = 'refused', due_at_ms = ${NEVER_MS}, last_error = 'its content is damaged'
      WHERE state = 'pending' AND text = '' AND id NOT IN (SELECT message FROM outbox_items);
    DELETE FROM outbox_incidents WHERE incident NOT IN (SELECT id FROM incidents)
      OR message NOT IN (SELECT id FROM outbox);
    UPDATE incidents SET parent = NULL WHERE parent NOT IN (SELECT id FROM incidents);
  `);
}
