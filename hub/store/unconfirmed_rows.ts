/** Messages that a provider took, until it says what became of them. */

import type { Database } from "./database/database.ts";
import { NEVER_MS } from "./database/instants.ts";
import { type OutboxRow, outboxRows } from "./outbox_row.ts";

export class UnconfirmedRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Messages of which the provider is to be asked what became, whoever is due first in front. */
  due(limit: number): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE state = 'accepted' AND due_at_ms < ${NEVER_MS} ORDER BY due_at_ms LIMIT :limit`,
      { limit },
    );
  }

  /** Messages that an earlier version's provider took are asked about no more. */
  forgetOld(): void {
    this.#database.run(
      `UPDATE outbox SET due_at_ms = ${NEVER_MS}
       WHERE state = 'accepted' AND accepted_at_ms IS NULL AND due_at_ms < ${NEVER_MS}`,
      {},
    );
  }

  /** The provider was asked once more, in vain; `dueAtMs` is when to ask again, if ever. */
  countCheck(id: number, dueAtMs: number | undefined): void {
    this.#database.run(
      "UPDATE outbox SET checks = checks + 1, due_at_ms = :due WHERE id = :id",
      { id, due: Math.round(dueAtMs ?? NEVER_MS) },
    );
  }
}
