/** The periods in which the hub saw its cluster. Instants are wall-clock time in ms. */

import type { VisibilitySpan } from "../../../core/history/availability.ts";
import type { Database } from "../database/database.ts";
import type { PulseRows } from "./pulse_rows.ts";

/** How long they are kept. */
const KEPT_MS = 365 * 24 * 3_600_000;
/** The limit of periods that are kept and read: the newest ones. */
const SPANS_MAX = 10_000;

export class VisibilityRows {
  readonly #database: Database;
  readonly #pulse: PulseRows;
  /** The current period. */
  #open: number | undefined;

  constructor(database: Database, pulse: PulseRows) {
    this.#database = database;
    this.#pulse = pulse;
  }

  /** The hub sees the cluster; `runMs` is when its present run began. */
  begin(runMs: number, atMs: number): void {
    const at = Math.round(atMs);
    const added = this.#database.get(
      "INSERT INTO sights (run_ms, from_ms, to_ms) VALUES (:run, :at, :at) RETURNING id",
      { run: Math.round(runMs), at },
    );
    const id = Number(added?.id);
    this.#open = id;
    this.#pulse.begin(id, at);
    this.#database.run("DELETE FROM sights WHERE id <= :id OR id < :newest AND to_ms < :old", {
      id: id - SPANS_MAX,
      newest: id,
      old: at - KEPT_MS,
    });
  }

  /** The hub still sees the cluster. If it is killed, the last call counts as the end. */
  extend(atMs: number): void {
    if (this.#open !== undefined) this.#pulse.see(atMs);
  }

  /** The hub has lost visibility, perhaps a while ago. */
  end(atMs: number): void {
    if (this.#open === undefined) return;
    this.#database.run("UPDATE sights SET to_ms = max(from_ms, :at) WHERE id = :id", {
      id: this.#open,
      at: Math.round(atMs),
    });
    this.#open = undefined;
    this.#pulse.end();
  }

  /** Returns the periods that reach beyond `fromMs`, in order. The current one ends at `nowMs`. */
  since(fromMs: number, nowMs: number): readonly VisibilitySpan[] {
    const open = this.#open ?? null;
    return this.#database.all(
      "SELECT * FROM sights WHERE to_ms > :from OR id = :open ORDER BY from_ms, id",
      { from: Math.round(fromMs), open },
    ).map((row) => ({
      runMs: Number(row.run_ms),
      fromMs: Number(row.from_ms),
      toMs: row.id === open ? Math.max(Number(row.to_ms), nowMs) : Number(row.to_ms),
    }));
  }
}
