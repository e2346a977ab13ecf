/** What holds for a node, or for all, from one instant to another: silences, and maintenance. */

import type { Database } from "./database/database.ts";

/** Calendar time in ms. */
export interface StoredSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export class SpanRows {
  readonly #database: Database;
  readonly #table: "silences" | "maintenance";

  constructor(database: Database, table: "silences" | "maintenance") {
    this.#database = database;
    this.#table = table;
  }

  /** Remembers a span, in place of an earlier one; the empty id is all. */
  set(node: string, { sinceMs, untilMs }: StoredSpan): void {
    this.#database.run(
      `INSERT INTO ${this.#table} (node, since_ms, until_ms) VALUES (:node, :since, :until)
       ON CONFLICT (node) DO UPDATE SET since_ms = :since, until_ms = :until`,
      { node, since: Math.round(sinceMs), until: Math.round(untilMs) },
    );
  }

  remove(node: string): void {
    this.#database.run(`DELETE FROM ${this.#table} WHERE node = :node`, { node });
  }

  /** By node, those that are past too; that of all, under the empty id, first. */
  all(): ReadonlyMap<string, StoredSpan> {
    const rows = this.#database.all(`SELECT * FROM ${this.#table} ORDER BY node`, {});
    return new Map(rows.map((row) => [
      String(row.node),
      { sinceMs: Number(row.since_ms), untilMs: Number(row.until_ms) },
    ]));
  }
}
