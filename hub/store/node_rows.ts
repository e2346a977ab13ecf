/** What the hub remembers of nodes. */

import type { Liveness } from "../../core/detection/liveness.ts";
import { type Facts, FAREWELL_REASONS, type FarewellReason } from "../../core/protocol/wire.ts";
import { type Database, numberOrNone, rounded, textOrNone } from "./database/database.ts";

/** What outlives the hub about a node. Instants are calendar time in ms. */
export interface StoredNode {
  readonly id: string;
  readonly name: string | undefined;
  readonly facts: Facts;
  readonly liveness: Liveness;
  /** Its absence is news: it was heard, or the user named it. */
  readonly isExpected: boolean;
  readonly session: string | undefined;
  /**
   * Sessions that it had before, the newest first. A broker that lost its latest writes in a power cut
   * may still have the farewell of one of them.
   */
  readonly endedSessions: readonly string[];
  readonly sinceMs: number;
  readonly everyMs: number;
  readonly reconnectMs: number;
  readonly lastHeardMs: number | undefined;
  /** It may come back after its farewell: when it is missed. */
  readonly backByMs: number | undefined;
  /** Why it said farewell. */
  readonly leftReason: FarewellReason | undefined;
}

export class NodeRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Remembers what is known of a node now, replacing what was known. */
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

  /** Forgets a node; its incidents stay in the history. False when it was not known. */
  remove(id: string): boolean {
    return this.#database.get("DELETE FROM nodes WHERE id = :id RETURNING id", { id }) !==
      undefined;
  }

  /** What the node calls itself. */
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
