/**
 * The values that change even in a quiet cluster: the last sign of life of each node, the last time
 * when the hub saw its cluster, and the uptime. They are in one small row, because it is written
 * often. The row belongs to the present run; see `settlePulse`. Instants are wall-clock time in ms.
 */

import { packColumns } from "../../../core/history/packed_columns.ts";
import type { Database } from "../database/database.ts";

export class PulseRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The hub sees its cluster, which is the row `sight` of `sights`. */
  begin(sight: number, seenMs: number): void {
    const values = { sight, seen: Math.round(seenMs) };
    this.#database.run("UPDATE pulse SET sight = :sight, seen_ms = :seen", values);
  }

  /** The hub still sees its cluster. If it is killed, the last call counts as the end. */
  see(seenMs: number): void {
    this.#database.run(
      "UPDATE pulse SET seen_ms = max(seen_ms, :seen) WHERE sight IS NOT NULL",
      { seen: Math.round(seenMs) },
    );
  }

  end(): void {
    this.#database.run("UPDATE pulse SET sight = NULL, seen_ms = NULL", {});
  }

  /** The last sign of life of every node that this run has heard, by id. */
  hear(heardMs: ReadonlyMap<string, number>, atMs: number): void {
    const at = Math.round(atMs);
    // Ages are small numbers, so they need less space than instants.
    const ages = [...heardMs].map(([node, ms]) => [node, [at - Math.round(ms)]] as const);
    this.#database.run("UPDATE pulse SET heard = :heard, heard_at_ms = :at", {
      heard: packColumns(ages),
      at,
    });
  }

  /** Milliseconds since the boot. */
  stamp(upMs: number): void {
    this.#database.run("UPDATE pulse SET up_ms = :up", { up: Math.round(upMs) });
  }
}
