/** The changes of nodes' liveness. Instants are wall-clock time in ms. */

import type { Liveness } from "../../../core/detection/liveness.ts";
import type { TransitionReason } from "../../../core/history/history.ts";
import {
  type Database,
  numberOrNone,
  rounded,
  type Row,
  textOrNone,
} from "../database/database.ts";

/** How long they are kept. */
const KEPT_MS = 365 * 24 * 3_600_000;
/**
 * The limit for all nodes together; older ones are removed. 20,000 nodes with an outage a week need
 * about 3 million in a year.
 */
const TRANSITIONS_MAX = 4_000_000;
/** The limit per node, so that a flapping node does not displace the history of all others. */
const OF_NODE_MAX = 20_000;
/** After this many additions the node of the last one is checked for too many. */
const CHECK_EVERY = 1000;
/** The number of rows that are checked at once when old ones are removed. */
const LOOKED_AT_ONCE = 500;
/**
 * Rows are approximately in the order of time: after this many young rows there is no old one. While
 * a wall clock was wrong, fewer rows than this were written.
 */
const YOUNG_MAX = 25_000;

/** One change of liveness. */
export interface StoredTransition {
  readonly node: string;
  readonly from: Liveness;
  readonly to: Liveness;
  readonly reason: TransitionReason;
  readonly atMs: number;
  /** For a death: how long the node had been silent, if known. */
  readonly silentMs?: number | undefined;
}

/** How far the removal of old rows has come. */
export interface RemovalProgress {
  /** The last row that was checked. */
  readonly afterId: number;
  /** The number of young ones so far. */
  readonly young: number;
}

export class TransitionRows {
  readonly #database: Database;
  #added = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ node, from, to, reason, atMs, silentMs }: StoredTransition): void {
    this.#database.run(
      `INSERT INTO transitions (node, from_liveness, to_liveness, reason, at_ms, silent_ms)
       VALUES (:node, :from, :to, :reason, :at, :silent)`,
      { node, from, to, reason, at: Math.round(atMs), silent: rounded(silentMs) },
    );
    this.#countAdded(node);
  }

  /** The node is no longer watched, so its further state is unknown. */
  addRemoval(node: string, atMs: number): void {
    this.#database.run(
      `INSERT INTO transitions (node, from_liveness, to_liveness, reason, at_ms)
       SELECT node, to_liveness, 'unknown', 'removed', :at FROM transitions
         WHERE id = (SELECT id FROM transitions WHERE node = :node
           ORDER BY at_ms DESC, id DESC LIMIT 1) AND to_liveness <> 'unknown'`,
      { node, at: Math.round(atMs) },
    );
    this.#countAdded(node);
  }

  /** Newest first. */
  newest(node: string, limit: number): readonly StoredTransition[] {
    return this.#database.all(
      `SELECT * FROM transitions WHERE node = :node ORDER BY at_ms DESC, id DESC LIMIT :limit`,
      { node, limit },
    ).map(transitionOf);
  }

  /** Returns a node's last transition before `fromMs` and all later ones, in order. */
  since(node: string, fromMs: number): readonly StoredTransition[] {
    const from = Math.round(fromMs);
    const later = this.#database.all(
      `SELECT * FROM transitions WHERE node = :node AND at_ms >= :from
       ORDER BY at_ms DESC, id DESC LIMIT ${OF_NODE_MAX}`,
      { node, from },
    ).map(transitionOf).toReversed();
    // If there are more than the limit, the earlier state is unknown.
    if (later.length === OF_NODE_MAX) return later;
    const before = this.#database.get(
      `SELECT * FROM transitions WHERE node = :node AND at_ms < :from
       ORDER BY at_ms DESC, id DESC LIMIT 1`,
      { node, from },
    );
    return before === undefined ? later : [transitionOf(before), ...later];
  }

  /**
   * The id of the newest transition; 0 when there is none, and larger than any id when the file
   * cannot be read.
   */
  lastId(): number {
    const last = this.#database.get("SELECT max(id) AS id FROM transitions", {});
    return last === undefined ? Number.MAX_SAFE_INTEGER : numberOrNone(last.id) ?? 0;
  }

  /** The instant of the newest transition after an id, if there is one. */
  newestMsAfter(after: number): number | undefined {
    const row = this.#database.get(
      "SELECT at_ms FROM transitions WHERE id > :after ORDER BY id DESC LIMIT 1",
      { after },
    );
    return numberOrNone(row?.at_ms);
  }

  /** Moves the times of the transitions after `after`. */
  move(byMs: number, after: number): void {
    this.#database.run("UPDATE transitions SET at_ms = at_ms + :by WHERE id > :after", {
      by: Math.round(byMs),
      after,
    });
  }

  /**
   * Checks some rows, the oldest first, and removes those that are too old or too many. The newest
   * row of a node always stays, because it holds the node's state. Returns how to continue;
   * `undefined` when no old rows are left.
   */
  removeSomeOld({ afterId, young }: RemovalProgress, nowMs: number): RemovalProgress | undefined {
    const rows = this.#database.all(
      `SELECT id, at_ms FROM transitions WHERE id > :afterId ORDER BY id LIMIT ${LOOKED_AT_ONCE}`,
      { afterId },
    );
    const keptId = this.lastId() - TRANSITIONS_MAX;
    const old = rows.filter((row) =>
      Number(row.at_ms) < nowMs - KEPT_MS || Number(row.id) <= keptId
    );
    if (old.length > 0) {
      this.#database.run(
        `DELETE FROM transitions WHERE id IN (SELECT value FROM json_each(:ids))
           AND EXISTS (SELECT 1 FROM transitions AS later
             WHERE later.node = transitions.node AND later.at_ms > transitions.at_ms)`,
        { ids: JSON.stringify(old.map(({ id }) => id)) },
      );
    }
    const youngSoFar = young + rows.length - old.length;
    if (rows.length < LOOKED_AT_ONCE || youngSoFar >= YOUNG_MAX) return undefined;
    return { afterId: Number(rows.at(-1)?.id), young: youngSoFar };
  }

  #countAdded(node: string): void {
    if (++this.#added % CHECK_EVERY > 0) return;
    this.#database.run(
      `DELETE FROM transitions WHERE node = :node AND at_ms < (SELECT at_ms FROM transitions
         WHERE node = :node ORDER BY at_ms DESC LIMIT 1 OFFSET ${OF_NODE_MAX - 1})`,
      { node },
    );
  }
}

function transitionOf(row: Row): StoredTransition {
  return {
    node: String(row.node),
    from: livenessOf(row.from_liveness),
    to: livenessOf(row.to_liveness),
    reason: (textOrNone(row.reason) ?? "silence") as TransitionReason,
    atMs: Number(row.at_ms),
    silentMs: numberOrNone(row.silent_ms),
  };
}

function livenessOf(value: Row[string] | undefined): Liveness {
  return String(value) as Liveness;
}
