/** Writes into the open file, in one transaction each time. */

import type { Batch, Statement } from "./batch.ts";
import type { Connection } from "./connection.ts";
import type { DatabaseFile } from "./database_file.ts";
import { type Snapshot, writeSnapshot } from "./snapshot.ts";

export class FileWriter {
  /** `undefined` while it cannot be opened. */
  file: DatabaseFile | undefined;
  #hasBegun = false;
  /** The number of waiting statements that the open transaction has run. */
  #statements = 0;

  constructor(file: DatabaseFile | undefined) {
    this.file = file;
  }

  close(): void {
    this.rollBack();
    this.file?.[Symbol.dispose]();
    this.file = undefined;
  }

  /** Applies the changes in memory to the file, and runs the statements. */
  follow(file: Connection, { changes, statements }: Batch): void {
    if (changes.length === 0 && statements.length === 0) return;
    this.begin(file, statements);
    if (changes.length > 0) file.applyChanges(changes);
    this.#commit(file);
  }

  /** Replaces the file's live tables, and runs the statements. */
  rewrite(file: Connection, snapshot: Snapshot, statements: readonly Statement[]): void {
    this.begin(file, statements);
    writeSnapshot(snapshot, file);
    this.#commit(file);
  }

  /** Runs the statements, and leaves the transaction open. */
  begin(file: Connection, statements: readonly Statement[]): void {
    if (!this.#hasBegun) file.exec("BEGIN IMMEDIATE");
    this.#hasBegun = true;
    for (const { sql, values } of statements.slice(this.#statements)) {
      file.run(sql, values);
      this.#statements++;
    }
  }

  /** Rolls back the open transaction, if there is one. */
  rollBack(): void {
    if (this.#hasBegun) this.file?.connection.rollBack();
    this.#hasBegun = false;
    this.#statements = 0;
  }

  #commit(file: Connection): void {
    file.exec("COMMIT");
    this.#hasBegun = false;
    this.#statements = 0;
  }
}
