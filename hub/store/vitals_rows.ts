/** The vitals of nodes: single samples and means. Instants are seconds since 1970. */

import type { Means, Readings, Sample } from "../../core/history/downsample.ts";
import { type Database, numberOrNone, type Row, textOrNone } from "./database/database.ts";

/** The node of the sample. */
export interface NodeSample extends Sample {
  readonly node: string;
}

/** Means over intervals of `stepS` seconds, starting at `fromS`. */
export interface MeansKey {
  readonly stepS: number;
  readonly node: string;
  readonly fromS: number;
}

/** The limit of samples that are moved at once, because the hub is blocked meanwhile. */
const MOVED_MAX = 50_000;

export class VitalsRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ node, atS, readings }: NodeSample): void {
    this.#database.run(
      `INSERT OR REPLACE INTO vitals_heard (at_s, node, readings) VALUES (:at, :node, :readings)`,
      { at: atS, node, readings: JSON.stringify(readings) },
    );
  }

  /** Samples of all nodes, oldest first; `toS` is exclusive. */
  between(fromS: number, toS: number): readonly NodeSample[] {
    return this.#database.all(
      "SELECT * FROM vitals_heard WHERE at_s >= :from AND at_s < :to ORDER BY at_s",
      { from: fromS, to: toS },
    ).map(sampleOf);
  }

  /**
   * Samples of one node, oldest first; `toS` is exclusive. It looks up each second, so other nodes
   * cost nothing.
   */
  of(node: string, fromS: number, toS: number): readonly Sample[] {
    return this.#database.all(
      `WITH RECURSIVE seconds (at) AS
         (SELECT :from UNION ALL SELECT at + 1 FROM seconds WHERE at + 1 < :to)
       SELECT vitals_heard.* FROM seconds CROSS JOIN vitals_heard ON at_s = at AND node = :node
       ORDER BY at`,
      { node, from: fromS, to: toS },
    ).map(sampleOf);
  }

  /** The instant of the first sample at or after `fromS`. */
  next(fromS: number): number | undefined {
    return numberOrNone(
      this.#database.get("SELECT min(at_s) AS at FROM vitals_heard WHERE at_s >= :from", {
        from: fromS,
      })?.at,
    );
  }

  /**
   * Moves the samples between two seconds, both inclusive. If there are too many, only the newest
   * ones.
   */
  move(byS: number, { fromS, toS }: { readonly fromS: number; readonly toS: number }): void {
    const newest = this.#database.get(
      `SELECT at_s FROM vitals_heard WHERE at_s <= :to ORDER BY at_s DESC LIMIT 1 OFFSET ${MOVED_MAX}`,
      { to: toS },
    );
    const from = Math.max(fromS, (numberOrNone(newest?.at_s) ?? -Infinity) + 1);
    // Uses negative seconds in between, so that a moved sample does not collide with one that is
    // not yet moved.
    this.#database.run(
      "UPDATE vitals_heard SET at_s = -(at_s + :by) WHERE at_s BETWEEN :from AND :to",
      { by: byS, from, to: toS },
    );
    this.#database.run("UPDATE OR REPLACE vitals_heard SET at_s = -at_s WHERE at_s < 0", {});
  }

  removeBefore(atS: number): void {
    this.#database.run("DELETE FROM vitals_heard WHERE at_s < :at", { at: atS });
  }

  setMeans({ stepS, node, fromS }: MeansKey, means: Means): void {
    this.#database.run(
      `INSERT INTO vitals_means (step_s, node, from_s, means) VALUES (:step, :node, :from, :means)
       ON CONFLICT (step_s, node, from_s) DO UPDATE SET means = :means`,
      { step: stepS, node, from: fromS, means: JSON.stringify(means) },
    );
  }

  means({ stepS, node, fromS }: MeansKey): Means | undefined {
    const row = this.#database.get(
      "SELECT means FROM vitals_means WHERE step_s = :step AND node = :node AND from_s = :from",
      { step: stepS, node, from: fromS },
    );
    return row === undefined ? undefined : JSON.parse(String(row.means));
  }

  /** Means that begin within this time, oldest first; `toS` is exclusive. */
  meansBetween(
    { stepS, node, fromS }: MeansKey,
    toS: number,
  ): readonly { readonly fromS: number; readonly means: Means }[] {
    return this.#database.all(
      `SELECT from_s, means FROM vitals_means
       WHERE step_s = :step AND node = :node AND from_s >= :from AND from_s < :to ORDER BY from_s`,
      { step: stepS, node, from: fromS, to: toS },
    ).map((row) => ({ fromS: Number(row.from_s), means: JSON.parse(String(row.means)) }));
  }

  /** The next node by id that has such means. */
  nodeAfter(node: string, stepS: number): string | undefined {
    return textOrNone(
      this.#database.get(
        "SELECT min(node) AS node FROM vitals_means WHERE step_s = :step AND node > :node",
        { step: stepS, node },
      )?.node,
    );
  }

  /** Removes means over `stepS` that begin at `fromS` or later. */
  removeMeansAfter(stepS: number, fromS: number): void {
    this.#database.run("DELETE FROM vitals_means WHERE step_s = :step AND from_s >= :from", {
      step: stepS,
      from: fromS,
    });
  }

  /** Removes a node's means that begin before `fromS`. */
  removeMeansBefore({ stepS, node, fromS }: MeansKey): void {
    this.#database.run(
      "DELETE FROM vitals_means WHERE step_s = :step AND node = :node AND from_s < :from",
      { step: stepS, node, from: fromS },
    );
  }
}

function sampleOf(row: Row): NodeSample {
  const readings: Readings = JSON.parse(String(row.readings));
  return { node: String(row.node), atS: Number(row.at_s), readings };
}
