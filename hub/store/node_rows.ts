/** Stores the nodes that the hub knows. */

import type { Liveness } from "../../core/detection/liveness.ts";
import { type Facts, FAREWELL_REASONS, type FarewellReason } from "../../core/protocol/wire.ts";
import { type Database, numberOrNone, rounded, textOrNone } from "./database/database.ts";

/** The part of a node's state that outlives the hub. Instants are wall-clock time in ms. */
export interface StoredNode {
  readonly id: string;
  readonly name: string | undefined;
  readonly facts: Facts;
  readonly liveness: Liveness;
  /** The node must be reported when it is missing, because it was heard or the user named it. */
  readonly isExpected: boolean;
  readonly session: string | undefined;
  /**
   * Its previous sessions, newest first. After a power cut a broker may have lost its latest writes
   * and still have the farewell of one of them.
   */
  readonly endedSessions: readonly string[];
  readonly sinceMs: number;
  readonly everyMs: number;
  readonly reconnectMs: number;
  readonly lastHeardMs: number | undefined;
  /** The instant from which the node counts as missing after a farewell that announced a return. */
  readonly backByMs: number | undefined;
  /** The reason of its farewell. */
  readonly leftReason: FarewellReason | undefined;
}

export class NodeRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Saves a node, replacing its previous state. */
  save(node: StoredNode): void {
    this.#database.run(
      `INSERT INTO nodes (id, name, facts, liveness, expected, session, since_ms, every_ms,
         reconnect_ms, last_heard_ms, back_by_ms, left_reason, ended_sessions)
       VALUES (:id, :name, :facts, :liveness, :expected, :session, :since, :every, :reconnect, :heard,
         :back, :left, :ended)
       ON CONFLICT (id) DO UPDATE SET name = :name, facts = :facts, liveness = :liveness,
         expected = :expected, session = :session, since_ms = :since, every_ms = :every,
         reconnect_ms = :reconnect, last_heard_ms = :heard, back_by_ms = :back,
         left_reason = :left, ended_sessions = :ended`,
      {
        id: node.id,
        name: node.name ?? null,
        facts: JSON.stringify(node.facts),
        liveness: node.liveness,
        expected: node.isExpected ? 1 : 0,
        session: node.session ?? null,
        since: Math.round(node.sinceMs),
        every: node.everyMs,
        reconnect: node.reconnectMs,
        heard: rounded(node.lastHeardMs),
        back: rounded(node.backByMs),
        left: node.leftReason ?? null,
        ended: JSON.stringify(node.endedSessions),
      },
    );
  }

  /** Removes a node; its incidents stay in the history. Returns false when it was not known. */
  remove(id: string): boolean {
    return this.#database.get("DELETE FROM nodes WHERE id = :id RETURNING id", { id }) !==
      undefined;
  }

  /** The name that the node announced. */
  nameOf(id: string): string | undefined {
    return textOrNone(this.#database.get("SELECT name FROM nodes WHERE id = :id", { id })?.name);
  }

  all(): readonly StoredNode[] {
    return this.#database.all("SELECT * FROM nodes", {}).map((row) => ({
      id: String(row.id),
      name: textOrNone(row.name),
      facts: JSON.parse(String(row.facts)),
      liveness: String(row.liveness) as Liveness,
      isExpected: row.expected === 1,
      session: textOrNone(row.session),
      endedSessions: JSON.parse(String(row.ended_sessions)),
      sinceMs: Number(row.since_ms),
      everyMs: Number(row.every_ms),
      reconnectMs: Number(row.reconnect_ms),
      lastHeardMs: numberOrNone(row.last_heard_ms),
      backByMs: numberOrNone(row.back_by_ms),
      leftReason: farewellReasonOf(textOrNone(row.left_reason)),
    }));
  }
}

/** A later version may have stored a reason that this one does not know. */
function farewellReasonOf(text: string | undefined): FarewellReason | undefined {
  if (text === undefined) return undefined;
  return FAREWELL_REASONS.find((reason) => reason === text) ?? "unknown";
}
