/** Messages whose recipients can acknowledge their incidents at the provider. */

import type { Database } from "../database/database.ts";
import { type OutboxRow, outboxRows } from "./outbox_row.ts";

/** A message that a provider accepted, and its incidents that wait for an acknowledgement. */
export interface OpenReceipt {
  readonly message: OutboxRow;
  readonly incidents: readonly { readonly id: number; readonly subject: string }[];
}

const IS_OPEN = "incidents.recovered_at_ms IS NULL AND incidents.acknowledged_at_ms IS NULL";
const OF_MESSAGE = "outbox_incidents JOIN incidents ON incidents.id = outbox_incidents.incident";

export class ReceiptRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Messages of the channels that were accepted after `sinceMs` (wall-clock time), with an incident
   * that is neither over nor acknowledged; newest first, at most `limit`.
   */
  open(channels: readonly string[], sinceMs: number, limit: number): readonly OpenReceipt[] {
    const rows = outboxRows(
      this.#database,
      `WHERE state IN ('accepted', 'delivered', 'expired') AND reference IS NOT NULL
         AND accepted_at_ms > :since AND channel IN (SELECT value FROM json_each(:channels))
         AND EXISTS (SELECT 1 FROM ${OF_MESSAGE} WHERE message = outbox.id AND ${IS_OPEN})
       ORDER BY outbox.id DESC LIMIT :limit`,
      { since: Math.round(sinceMs), channels: JSON.stringify(channels), limit },
    );
    return rows.map((message) => ({ message, incidents: this.#incidentsOf(message.id) }));
  }

  #incidentsOf(message: number): OpenReceipt["incidents"] {
    return this.#database.all(
      `SELECT incidents.id, incidents.subject FROM ${OF_MESSAGE}
       WHERE message = :message AND ${IS_OPEN} AND incidents.kind <> 'common'`,
      { message },
    ).map(({ id, subject }) => ({ id: Number(id), subject: String(subject) }));
  }
}
