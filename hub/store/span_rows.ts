/** Time spans of a node or of all nodes: silences and maintenance. */

import type { Database } from "./database/database.ts";

/** Wall-clock time in ms. */
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

  /** Stores a span and replaces an earlier one; the empty id means all nodes. */
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

  /** By node, including past spans. The span of all nodes comes first, under the empty id. */
  all(): ReadonlyMap<string, StoredSpan> {
    const rows = this.#database.all(`SELECT * FROM ${this.#table} ORDER BY node`, {});
    return new Map(rows.map((row) => [
      String(row.node),
      { sinceMs: Number(row.since_ms), untilMs: Number(row.until_ms) },
    ]));
  }
}
