/** Brings what changed in memory into the file, in one transaction each time. */

import type { Session } from "node:sqlite";
import type { Connection } from "./connection.ts";
import type { DatabaseFile } from "./database_file.ts";
import type { HistoryTables } from "./history_tables.ts";
import { copyLiveTables } from "./loading.ts";

export class FileWriter implements Disposable {
  /** `undefined` while it cannot be opened. */
  file: DatabaseFile | undefined;
  readonly #history: HistoryTables;
  #memory: Connection;
  /** What has changed in memory since all of it was in the file. */
  #changes: Session;
  #hasBegun = false;

  constructor(memory: Connection, history: HistoryTables) {
    this.#memory = memory;
    this.#history = history;
    this.#changes = memory.recordChanges();
  }

  [Symbol.dispose](): void {
    this.#changes.close();
    this.close();
  }

  close(): void {
    this.file?.[Symbol.dispose]();
    this.file = undefined;
  }

  /** What the file does not have yet. */
  changes(): Uint8Array {
    return this.#changes.changeset();
  }

  /** Records the changes of this memory from now on; the file has everything older. */
  begin(memory: Connection): void {
    this.#changes.close();
    this.#memory = memory;
    this.#changes = memory.recordChanges();
  }

  /** Makes the changes of memory in the file, and writes what waits for it. */
  follow(file: Connection): void {
    const changes = this.changes();
    if (changes.length === 0 && this.#history.waiting === 0) return;
    this.writeHistory(file);
    if (changes.length > 0) file.applyChanges(changes);
    this.#commit(file);
  }

  /** Writes all of memory in place of the file's live tables. */
  rewrite(file: Connection): void {
    this.writeHistory(file);
    copyLiveTables(this.#memory, file);
    this.#commit(file);
  }

  /** Writes what waits, in a transaction that goes on. */
  writeHistory(file: Connection): void {
    if (!this.#hasBegun) file.exec("BEGIN IMMEDIATE");
    this.#hasBegun = true;
    this.#history.writeTo(file);
  }

  /** Undoes the present transaction. All statements for the history go on waiting, or the first `kept`. */
  rollBack(kept?: number): void {
    if (this.#hasBegun) this.file?.connection.rollBack();
    this.#hasBegun = false;
    this.#history.rolledBack(kept);
  }

  #commit(file: Connection): void {
    file.exec("COMMIT");
    this.#hasBegun = false;
    this.#history.committed();
    this.begin(this.#memory);
  }
}
