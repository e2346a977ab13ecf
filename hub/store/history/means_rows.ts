/**
 * Means of vitals. A row holds the minutes of an hour, or the hours of a day. Instants are seconds
 * since 1970.
 */

import type { Means } from "../../../core/history/downsample.ts";
import { packMeans, unpackMeans } from "../../../core/history/packed_vitals.ts";
import type { Database, Row } from "../database/database.ts";

/** The table determines the time of one mean and the time of one row. */
export type MeansTable = "vitals_minutes" | "vitals_hours";

/** The means of a node for the hour or the day that begins at `fromS`. */
export interface MeansKey {
  readonly table: MeansTable;
  readonly node: string;
  readonly fromS: number;
}

/** The number of rows that are moved or removed at once. */
const ROWS_AT_ONCE = 200;
/** The time of one mean in each table. Versions up to 0.1.0 stored it in each row. */
const STEPS_S: Readonly<Record<MeansTable, number>> = { vitals_minutes: 60, vitals_hours: 3600 };

export class MeansRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  set({ table, node, fromS }: MeansKey, means: Means): void {
    this.#database.run(
      `INSERT INTO ${table} (from_s, node, means) VALUES (:from, :node, :means)
       ON CONFLICT (from_s, node) DO UPDATE SET means = :means`,
      { from: fromS, node, means: packMeans(means) },
    );
  }

  get({ table, node, fromS }: MeansKey): Means | undefined {
    const [found] = this.between({ table, node, fromS }, fromS + 1);
    return found?.means;
  }

  /** Means of rows that begin within this time, oldest first; `toS` is exclusive. */
  between(
    { table, node, fromS }: MeansKey,
    toS: number,
  ): readonly { readonly fromS: number; readonly means: Means }[] {
    const rows = this.#database.all(
      `WITH RECURSIVE starts (at) AS (
         SELECT min(from_s) FROM ${table} WHERE from_s >= :from
         UNION ALL
         SELECT (SELECT min(from_s) FROM ${table} WHERE from_s > at) FROM starts WHERE at < :to)
       SELECT from_s, means FROM starts CROSS JOIN ${table} ON from_s = at AND node = :node
         WHERE at < :to
       UNION ALL
       SELECT from_s, means FROM vitals_means
         WHERE step_s = :step AND node = :node AND from_s >= :from AND from_s < :to
       ORDER BY from_s`,
      { node, from: fromS, to: toS, step: STEPS_S[table] },
    );
    return rows.map((row) => ({ fromS: Number(row.from_s), means: meansOf(row) }))
      .filter(({ fromS }, index, all) => fromS !== all[index - 1]?.fromS);
  }

  /** Removes the rows that begin at `fromS` or later. */
  removeFrom(table: MeansTable, fromS: number): void {
    const values = { from: fromS, step: STEPS_S[table] };
    this.#database.run(`DELETE FROM ${table} WHERE from_s >= :from`, { from: fromS });
    this.#database.run("DELETE FROM vitals_means WHERE step_s = :step AND from_s >= :from", values);
  }

  /** Removes some of the oldest rows that begin before `fromS`. Returns whether there were any. */
  removeSomeBefore(table: MeansTable, fromS: number): boolean {
    const values = { from: fromS };
    const old = `SELECT from_s, node FROM ${table} WHERE from_s < :from ORDER BY from_s, node`;
    if (this.#database.get(`${old} LIMIT 1`, values) === undefined) return false;
    this.#database.run(
      `DELETE FROM ${table} WHERE (from_s, node) IN (${old} LIMIT ${ROWS_AT_ONCE})`,
      values,
    );
    return true;
  }

  /**
   * Converts some rows of a version up to 0.1.0, which stored means by node: many pages each hour.
   * Returns whether there were any.
   */
  takeOverSome(): boolean {
    const older = this.#database.all(
      `SELECT rowid AS id, * FROM vitals_means ORDER BY rowid LIMIT ${ROWS_AT_ONCE}`,
      {},
    );
    for (const row of older) {
      const table = row.step_s === STEPS_S.vitals_minutes ? "vitals_minutes" : "vitals_hours";
      this.#database.run(
        `INSERT OR IGNORE INTO ${table} (from_s, node, means) VALUES (:from, :node, :means)`,
        {
          from: Number(row.from_s),
          node: String(row.node),
          means: packMeans(meansOf(row)),
        },
      );
    }
    const last = older.at(-1)?.id;
    if (last === undefined) return false;
    this.#database.run("DELETE FROM vitals_means WHERE rowid <= :last", { last });
    return true;
  }
}

/** A damaged row has no means. */
function meansOf({ means }: Row): Means {
  try {
    if (means instanceof Uint8Array) return unpackMeans(means);
    return JSON.parse(String(means));
  } catch {
    return {};
  }
}
