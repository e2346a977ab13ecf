/** Messages that a provider accepted but has not confirmed yet. */

import type { Database } from "../database/database.ts";
import { NEVER_MS } from "../database/instants.ts";
import { type OutboxRow, outboxRows } from "./outbox_row.ts";

export class UnconfirmedRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Messages whose state must be requested from the provider, sorted by due time. */
  due(limit: number): readonly OutboxRow[] {
    return outboxRows(
      this.#database,
      `WHERE state = 'accepted' AND due_at_ms < ${NEVER_MS} ORDER BY due_at_ms LIMIT :limit`,
      { limit },
    );
  }

  /** Messages that an earlier version sent are not checked any more. */
  forgetOld(): void {
    this.#database.run(
      `UPDATE outbox SET due_at_ms = ${NEVER_MS}
       WHERE state = 'accepted' AND accepted_at_ms IS NULL AND due_at_ms < ${NEVER_MS}`,
      {},
    );
  }

  /**
   * The provider was asked once more, without a final answer. `dueAtMs` is the time of the next
   * check, if any.
   */
  countCheck(id: number, dueAtMs: number | undefined): void {
    this.#database.run(
      "UPDATE outbox SET checks = checks + 1, due_at_ms = :due WHERE id = :id",
      { id, due: Math.round(dueAtMs ?? NEVER_MS) },
    );
  }
}
