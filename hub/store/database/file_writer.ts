/** Writes the changes in memory to the file, in one transaction each time. */

import type { Session } from "node:sqlite";
import type { Connection } from "./connection.ts";
import type { DatabaseFile } from "./database_file.ts";
import type { HistoryTables } from "./history_tables.ts";
import { copyLiveTables } from "./loading.ts";

export class FileWriter implements Disposable {
  /** `undefined` while the file cannot be opened. */
  file: DatabaseFile | undefined;
  readonly #history: HistoryTables;
  #memory: Connection;
  /** The changes in memory since the file was last up to date. */
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

  /** Returns the changes that the file does not have yet. */
  changes(): Uint8Array {
    return this.#changes.changeset();
  }

  /** Starts recording the changes of this memory. The file has everything older. */
  begin(memory: Connection): void {
    this.#changes.close();
    this.#memory = memory;
    this.#changes = memory.recordChanges();
  }

  /** Applies the changes in memory to the file, and writes the waiting statements. */
  follow(file: Connection): void {
    const changes = this.changes();
    if (changes.length === 0 && this.#history.waiting === 0) return;
    this.writeHistory(file);
    if (changes.length > 0) file.applyChanges(changes);
    this.#commit(file);
  }

  /** Replaces the file's live tables by those in memory. */
  rewrite(file: Connection): void {
    this.writeHistory(file);
    copyLiveTables(this.#memory, file);
    this.#commit(file);
  }

  /** Writes the waiting statements, and leaves the transaction open. */
  writeHistory(file: Connection): void {
    if (!this.#hasBegun) file.exec("BEGIN IMMEDIATE");
    this.#hasBegun = true;
    this.#history.writeTo(file);
  }

  /** Rolls the transaction back. All history statements keep waiting, or the first `kept`. */
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
