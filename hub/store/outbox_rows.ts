/** The outbox: every message that was promised to somebody, and what became of it. */

import type { DeliveryState } from "../../core/feed.ts";
import { type Database, type Row, textOrNone } from "./database.ts";

/** Settled messages that are kept; older ones are removed. */
const MESSAGES_MAX = 10_000;

/** A promised message to one recipient. */
export interface OutboxRow {
  readonly id: number;
  readonly incidentIds: readonly number[];
  readonly channel: string;
  readonly recipient: string;
  readonly text: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError: string | undefined;
  readonly reference: string | undefined;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
  /** An attempt was begun whose outcome nobody wrote down: the provider may have the message. */
  readonly isUncertain: boolean;
}

/** A message to be promised. */
export interface NewMessage {
  readonly channel: string;
  readonly recipient: string;
  readonly text: string;
  readonly incidentIds: readonly number[];
  readonly atMs: number;
}

/** How an attempt ended, and what follows. */
export interface Outcome {
  readonly state: DeliveryState;
  /** The provider may have the message all the same. */
  readonly isUncertain: boolean;
  readonly dueAtMs: number;
  readonly lastError?: string;
  readonly reference?: string;
}

export class OutboxRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Promises a message; answers its id. */
  add({ channel, recipient, text, incidentIds, atMs }: NewMessage): number {
    const added = this.#database.get(
      `INSERT INTO outbox (channel, recipient, text, created_at_ms, due_at_ms)
       VALUES (:channel, :recipient, :text, :at, :at) RETURNING id`,
      { channel, recipient, text, at: Math.round(atMs) },
    );
    const id = Number(added?.id);
    this.#removeBefore(id - MESSAGES_MAX);
    for (const incident of incidentIds) {
      this.#database.run(
        "INSERT INTO outbox_incidents (message, incident) VALUES (:id, :incident)",
        { id, incident },
      );
    }
    return id;
  }

  /**
   * The oldest pending message of each recipient, whoever is due first in front. The younger ones
   * wait for it: who hears of the recovery before the death believes the wrong thing.
   */
  next(): readonly OutboxRow[] {
    return this.#database.all(
      `${SELECT_OUTBOX} WHERE id IN (
         SELECT min(id) FROM outbox WHERE state = 'pending' GROUP BY channel, recipient
       ) ORDER BY due_at_ms, id`,
      {},
    ).map(messageOf);
  }

  /** Makes every pending message due by `nowMs` at the latest. */
  hasten(nowMs: number): void {
    this.#database.run(
      "UPDATE outbox SET due_at_ms = :now WHERE state = 'pending' AND due_at_ms > :now",
      { now: Math.round(nowMs) },
    );
  }

  /** Written before the provider is asked, so that a crash in between is seen afterwards. */
  beginAttempt(id: number): void {
    this.#database.run("UPDATE outbox SET attempts = attempts + 1, uncertain = 1 WHERE id = :id", {
      id,
    });
  }

  /** What became of an attempt. */
  settle(id: number, outcome: Outcome): void {
    this.#database.run(
      `UPDATE outbox SET state = :state, uncertain = :uncertain, due_at_ms = :due,
         last_error = :error, reference = coalesce(:reference, reference) WHERE id = :id`,
      {
        id,
        state: outcome.state,
        uncertain: outcome.isUncertain ? 1 : 0,
        due: Math.round(outcome.dueAtMs),
        error: outcome.lastError ?? null,
        reference: outcome.reference ?? null,
      },
    );
  }

  get(id: number): OutboxRow | undefined {
    const row = this.#database.get(`${SELECT_OUTBOX} WHERE id = :id`, { id });
    return row === undefined ? undefined : messageOf(row);
  }

  /** Newest first. */
  newest(limit: number): readonly OutboxRow[] {
    return this.#database.all(`${SELECT_OUTBOX} ORDER BY id DESC LIMIT :limit`, { limit }).map(
      messageOf,
    );
  }

  countByState(): ReadonlyMap<string, number> {
    const rows = this.#database.all("SELECT state, count(*) AS n FROM outbox GROUP BY state", {});
    return new Map(rows.map((row) => [String(row.state), Number(row.n)]));
  }

  #removeBefore(id: number): void {
    if (id <= 0) return;
    this.#database.run("DELETE FROM outbox WHERE id <= :id AND state <> 'pending'", { id });
  }
}

const SELECT_OUTBOX = `SELECT outbox.*, (SELECT json_group_array(incident) FROM outbox_incidents
  WHERE message = outbox.id) AS incident_ids FROM outbox`;

function messageOf(row: Row): OutboxRow {
  return {
    id: Number(row.id),
    incidentIds: JSON.parse(String(row.incident_ids)),
    channel: String(row.channel),
    recipient: String(row.recipient),
    text: String(row.text),
    state: String(row.state) as DeliveryState,
    attempts: Number(row.attempts),
    lastError: textOrNone(row.last_error),
    reference: textOrNone(row.reference),
    createdAtMs: Number(row.created_at_ms),
    dueAtMs: Number(row.due_at_ms),
    isUncertain: row.uncertain === 1,
  };
}
