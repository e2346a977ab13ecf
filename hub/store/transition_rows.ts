/** The changes of nodes' liveness. Instants are wall-clock time in ms. */

import type { Liveness } from "../../core/detection/liveness.ts";
import type { TransitionReason } from "../../core/history/history.ts";
import { type Database, numberOrNone, rounded, type Row, textOrNone } from "./database/database.ts";

/** How long they are kept. */
const KEPT_MS = 365 * 24 * 3_600_000;
/**
 * The limit for all nodes together; older ones are removed. 20,000 nodes with an outage a week need
 * about 3 million in a year.
 */
const TRANSITIONS_MAX = 4_000_000;
/** The limit per node, so that a flapping node does not displace the history of all others. */
const OF_NODE_MAX = 20_000;
/** Rows are removed after this many additions, so that the removal costs almost nothing. */
const PRUNE_EVERY = 1000;
/**
 * So many of the first rows are looked at for old ones. They are in the order of time, more or less,
 * and those that stay, the newest of each node, are fewer.
 */
const OLDEST_LOOKED_AT = 25_000;

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
    this.#countAdded(node, atMs);
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
    this.#countAdded(node, atMs);
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

  #countAdded(node: string, atMs: number): void {
    if (++this.#added % PRUNE_EVERY === 0) this.#prune(node, atMs);
  }

  /** The newest transition of a node always stays, because it holds the node's state. */
  #prune(node: string, nowMs: number): void {
    const outdated = (where: string) =>
      `DELETE FROM transitions WHERE ${where} AND EXISTS (SELECT 1 FROM transitions AS later
         WHERE later.node = transitions.node AND later.at_ms > transitions.at_ms)`;
    const first = `(SELECT id FROM transitions ORDER BY id LIMIT ${OLDEST_LOOKED_AT})`;
    this.#database.run(outdated(`id IN ${first} AND at_ms < :at`), {
      at: Math.round(nowMs - KEPT_MS),
    });
    this.#database.run(outdated("id <= (SELECT max(id) FROM transitions) - :keep"), {
      keep: TRANSITIONS_MAX,
    });
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
