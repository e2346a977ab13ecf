/** Damages the file of a hub's database, as a dying SD card does. */

import { DatabaseSync } from "node:sqlite";
import { PAGE_BYTES } from "../../../hub/store/database/connection.ts";

/** Overwrites a page, counted from 1, like `dd conv=notrunc`. */
export function overwritePage(path: string, page: number, byte: number): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync((page - 1) * PAGE_BYTES, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(PAGE_BYTES).fill(byte));
}

/** Returns a page with rows of a table, from the middle. The file must not be in use. */
export function leafPage(path: string, table: string): number {
  using database = new DatabaseSync(path);
  const rows = database.prepare(
    "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path",
  ).all(table);
  return Number(rows[Math.floor(rows.length / 2)]?.pageno);
}

/** Returns the first page of an index or of a table. */
export function rootPage(path: string, name: string): number {
  using database = new DatabaseSync(path);
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name);
  return Number(row?.rootpage);
}

/** Returns the databases that were set aside in a folder, by name. */
export function asideIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /^hub\.db\.(damaged|replaced)-[^w]*$/.test(name)).toSorted();
}
