/** Logged-in browsers. Instants are wall-clock time in ms. */

import type { Database, Row } from "./database/database.ts";

export interface StoredSession {
  readonly id: number;
  readonly createdAtMs: number;
  readonly lastSeenMs: number;
  /** The client's address at the login. */
  readonly address: string;
  /** The browser's user agent. */
  readonly agent: string;
}

export class SessionRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores a login by a digest of its secret; returns its id. */
  add(
    digest: string,
    { createdAtMs, address, agent }: Omit<StoredSession, "id" | "lastSeenMs">,
  ): number {
    const row = this.#database.get(
      `INSERT INTO sessions (digest, created_at_ms, last_seen_ms, address, agent)
       VALUES (:digest, :now, :now, :address, :agent) RETURNING id`,
      { digest, now: Math.round(createdAtMs), address, agent },
    );
    return Number(row?.id);
  }

  find(digest: string): StoredSession | undefined {
    const row = this.#database.get("SELECT * FROM sessions WHERE digest = :digest", { digest });
    return row && sessionOf(row);
  }

  /** The most recently seen session first. */
  all(): readonly StoredSession[] {
    return this.#database.all("SELECT * FROM sessions ORDER BY last_seen_ms DESC, id DESC", {})
      .map(sessionOf);
  }

  see(id: number, atMs: number): void {
    this.#database.run("UPDATE sessions SET last_seen_ms = :at WHERE id = :id", {
      id,
      at: Math.round(atMs),
    });
  }

  /** Returns false when there was none. */
  remove(id: number): boolean {
    return this.#database.get("DELETE FROM sessions WHERE id = :id RETURNING id", { id }) !==
      undefined;
  }
}

function sessionOf(row: Row): StoredSession {
  return {
    id: Number(row.id),
    createdAtMs: Number(row.created_at_ms),
    lastSeenMs: Number(row.last_seen_ms),
    address: String(row.address),
    agent: String(row.agent),
  };
}
