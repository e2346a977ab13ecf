/** The changes of nodes' liveness. Instants are calendar time in ms. */

import type { Liveness } from "../../core/detection/liveness.ts";
import type { TransitionReason } from "../../core/history/history.ts";
import { type Database, numberOrNone, rounded, type Row, textOrNone } from "./database/database.ts";

/** How long they are kept. */
const KEPT_MS = 365 * 24 * 3_600_000;
/** Of all nodes together; older ones are removed. */
const TRANSITIONS_MAX = 500_000;
/** Of one node, lest one that flaps costs all others their past. */
const OF_NODE_MAX = 20_000;
/** Added between two removals, so that the removal itself costs next to nothing. */
const PRUNE_EVERY = 1000;

/** One change of liveness. */
export interface StoredTransition {
  readonly node: string;
  readonly from: Liveness;
  readonly to: Liveness;
  readonly reason: TransitionReason;
  readonly atMs: number;
  /** Of a death: for how long the node had been silent by then, where that is known. */
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
    if (++this.#added % PRUNE_EVERY === 0) this.#prune(node, atMs);
  }

  /** A node is no longer watched: nobody knows what becomes of it. */
  addRemoval(node: string, atMs: number): void {
    const [newest] = this.newest(node, 1);
    if (newest === undefined || newest.to === "unknown") return;
    this.add({ node, from: newest.to, to: "unknown", reason: "removed", atMs });
  }

  /** Newest first. */
  newest(node: string, limit: number): readonly StoredTransition[] {
    return this.#database.all(
      `SELECT * FROM transitions WHERE node = :node ORDER BY at_ms DESC, id DESC LIMIT :limit`,
      { node, limit },
    ).map(transitionOf);
  }

  /** The last one of a node before `fromMs`, and all of its later ones, in their order. */
  since(node: string, fromMs: number): readonly StoredTransition[] {
    const from = Math.round(fromMs);
    const later = this.#database.all(
      `SELECT * FROM transitions WHERE node = :node AND at_ms >= :from
       ORDER BY at_ms DESC, id DESC LIMIT ${OF_NODE_MAX}`,
      { node, from },
    ).map(transitionOf).toReversed();
    // Where there are more than are read nobody can say what was before.
    if (later.length === OF_NODE_MAX) return later;
    const before = this.#database.get(
      `SELECT * FROM transitions WHERE node = :node AND at_ms < :from
       ORDER BY at_ms DESC, id DESC LIMIT 1`,
      { node, from },
    );
    return before === undefined ? later : [transitionOf(before), ...later];
  }

  /** Of the newest; 0 where there is none, and more than any where nobody can say. */
  lastId(): number {
    const last = this.#database.get("SELECT max(id) AS id FROM transitions", {});
    return last === undefined ? Number.MAX_SAFE_INTEGER : numberOrNone(last.id) ?? 0;
  }

  /** Dates anew those that are younger than the transition `after`. */
  move(byMs: number, after: number): void {
    this.#database.run("UPDATE transitions SET at_ms = at_ms + :by WHERE id > :after", {
      by: Math.round(byMs),
      after,
    });
  }

  /** The newest of a node stays, however old: it says what the node is. */
  #prune(node: string, nowMs: number): void {
    const outdated = (where: string) =>
      `DELETE FROM transitions WHERE ${where} AND EXISTS (SELECT 1 FROM transitions AS later
         WHERE later.node = transitions.node AND later.at_ms > transitions.at_ms)`;
    this.#database.run(outdated("at_ms < :at"), { at: Math.round(nowMs - KEPT_MS) });
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
