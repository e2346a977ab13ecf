/** The changes in memory that are not known to be in the file. */

import type { Session } from "node:sqlite";
import type { Batch } from "./batch.ts";
import type { Connection } from "./connection.ts";
import type { HistoryTables } from "./history_tables.ts";

export class Unwritten implements Disposable {
  readonly #history: HistoryTables;
  #memory: Connection;
  /** Records the changes since the last batch that is in the file. */
  #changes: Session;
  /** Records the changes since the pending batch was sent. */
  #since: Session | undefined;

  constructor(memory: Connection, history: HistoryTables) {
    this.#memory = memory;
    this.#history = history;
    this.#changes = memory.recordChanges();
  }

  [Symbol.dispose](): void {
    this.#since?.close();
    this.#changes.close();
  }

  /** Returns all changes. Several changes of one row become one. */
  changes(): Uint8Array {
    return this.#changes.changeset();
  }

  /** Returns all changes. They stay here until `taken` or `refused` is called. */
  send(): Batch {
    this.#since?.close();
    this.#since = this.#memory.recordChanges();
    return { changes: this.changes(), statements: this.#history.send() };
  }

  /** The last batch is in the file. */
  taken(): void {
    this.#changes.close();
    this.#changes = this.#since ?? this.#memory.recordChanges();
    this.#since = undefined;
    this.#history.taken();
  }

  /** The last batch is not in the file. */
  refused(): void {
    this.#since?.close();
    this.#since = undefined;
    this.#history.refused();
  }

  /** From now on it records the changes of this memory. */
  begin(memory: Connection): void {
    this.#since?.close();
    this.#since = undefined;
    this.#changes.close();
    this.#memory = memory;
    this.#changes = memory.recordChanges();
  }
}
