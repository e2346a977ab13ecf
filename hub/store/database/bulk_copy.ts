/**
 * Copies the tables of a sound file into memory with one statement each, which is much faster than
 * row by row.
 */

import type { Connection } from "./connection.ts";
import { quoted } from "./salvage.ts";

/** The name of the file in the statements of the memory's connection. */
const FILE = "of_file";

/**
 * Returns false when something cannot be read or is not valid. The memory is then unusable, because
 * SQLite writes nothing more in a connection with a damaged file.
 */
export function copyWhole(
  file: Connection,
  memory: Connection,
  tables: readonly string[],
): boolean {
  try {
    const [main] = file.values("SELECT file FROM pragma_database_list WHERE name = 'main'", {});
    memory.run(`ATTACH :path AS ${FILE}`, { path: String(main?.[0]) });
    const isWhole = memory.transaction(() => tables.every((table) => copyTable(memory, table)));
    memory.exec(`DETACH ${FILE}`);
    return isWhole;
  } catch {
    return false;
  }
}

function copyTable(memory: Connection, table: string): boolean {
  const columns = quoted(memory.columnsOf(table));
  memory.exec(
    `INSERT OR IGNORE INTO main.${table} (${columns}) SELECT ${columns} FROM ${FILE}.${table}`,
  );
  const [counts] = memory.values(
    `SELECT (SELECT count(*) FROM main.${table}), (SELECT count(*) FROM ${FILE}.${table})`,
    {},
  );
  return counts !== undefined && counts[0] === counts[1];
}
