/**
 * The original vitals of nodes. A row has some minutes of one node. Instants are seconds since 1970.
 */

import type { Readings, Sample } from "../../../core/history/downsample.ts";
import { packSamples, unpackSamples } from "../../../core/history/packed_vitals.ts";
import { type Database, numberOrNone, type Row, textOrNone } from "../database/database.ts";

/** Samples of one node within an hour, oldest first. */
export interface VitalsPiece {
  readonly node: string;
  /** Pieces that are written together have the same instant, about that of their first sample. */
  readonly atS: number;
  readonly samples: readonly Sample[];
}

/** No piece is longer. */
export const PIECE_S_MAX = 3600;
/** The limit of pieces that are moved at once, because the hub is blocked meanwhile. */
const MOVED_MAX = 50_000;
/** The number of pieces that are removed at once. */
const REMOVED_MAX = 500;

/** The instants of pieces. It looks up each instant, so its cost does not depend on the nodes. */
const INSTANTS = `WITH RECURSIVE instants (at) AS (
    SELECT min(at_s) FROM vitals_heard WHERE at_s >= :from
    UNION ALL
    SELECT (SELECT min(at_s) FROM vitals_heard WHERE at_s > at) FROM instants WHERE at < :to)`;

export class VitalsRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ node, atS, samples }: VitalsPiece): void {
    this.#database.run(
      `INSERT OR REPLACE INTO vitals_heard (at_s, node, readings, packed)
       VALUES (:at, :node, '', :packed)`,
      { at: atS, node, packed: packSamples(samples, atS) },
    );
  }

  /** Samples of one node, oldest first; `toS` is exclusive. */
  of(node: string, fromS: number, toS: number): readonly Sample[] {
    return this.#database.all(
      `${INSTANTS} SELECT vitals_heard.* FROM instants CROSS JOIN vitals_heard
         ON at_s = at AND node = :node WHERE at < :to ORDER BY at`,
      { node, from: fromS - PIECE_S_MAX, to: toS },
    ).flatMap(samplesOf).filter(({ atS }) => atS >= fromS && atS < toS);
  }

  /** The next node by id that has pieces from `fromS` on; `toS` is exclusive. */
  nodeAfter(node: string, fromS: number, toS: number): string | undefined {
    const row = this.#database.get(
      `${INSTANTS} SELECT min((SELECT min(node) FROM vitals_heard
         WHERE at_s = at AND node > :node)) AS node FROM instants WHERE at < :to`,
      { node, from: fromS, to: toS },
    );
    return textOrNone(row?.node);
  }

  /** The instant of the first piece at or after `fromS`. */
  next(fromS: number): number | undefined {
    return numberOrNone(
      this.#database.get("SELECT min(at_s) AS at FROM vitals_heard WHERE at_s >= :from", {
        from: fromS,
      })?.at,
    );
  }

  /**
   * Moves the pieces between two seconds, both inclusive. If there are too many, only the newest
   * ones.
   */
  move(byS: number, { fromS, toS }: { readonly fromS: number; readonly toS: number }): void {
    // Uses negative seconds in between, so that a moved piece does not collide with one that is
    // not yet moved.
    this.#database.run(
      `UPDATE vitals_heard SET at_s = -(at_s + :by) WHERE at_s BETWEEN :from AND :to
         AND at_s > coalesce((SELECT at_s FROM vitals_heard WHERE at_s <= :to
           ORDER BY at_s DESC LIMIT 1 OFFSET ${MOVED_MAX}), :from - 1)`,
      { by: byS, from: fromS, to: toS },
    );
    this.#database.run("UPDATE OR REPLACE vitals_heard SET at_s = -at_s WHERE at_s < 0", {});
  }

  /** Removes some of the oldest pieces before `atS`. Returns whether there were any. */
  removeSomeBefore(atS: number): boolean {
    if ((this.next(0) ?? atS) >= atS) return false;
    this.#database.run(
      `DELETE FROM vitals_heard WHERE (at_s, node) IN (SELECT at_s, node FROM vitals_heard
         WHERE at_s < :at ORDER BY at_s, node LIMIT ${REMOVED_MAX})`,
      { at: atS },
    );
    return true;
  }
}

/** Versions up to 0.1.0 wrote one sample in a row, as JSON. A damaged row has no samples. */
function samplesOf({ at_s, readings, packed }: Row): readonly Sample[] {
  const atS = Number(at_s);
  try {
    if (packed instanceof Uint8Array) return unpackSamples(packed, atS);
    const one: Readings = JSON.parse(String(readings));
    return [{ atS, readings: one }];
  } catch {
    return [];
  }
}
