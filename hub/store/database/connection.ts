/** A connection to SQLite, to a file or to an in-memory database, with its prepared statements. */

import {
  constants,
  DatabaseSync,
  type Session,
  type SQLInputValue,
  type StatementSync,
} from "node:sqlite";
import type { Database, Row } from "./database.ts";
import { SCHEMA_STEPS } from "./schema.ts";

/**
 * Each changed page is written as a whole, and most transactions change a few rows of a few tables.
 * So small pages spare the SD card. SQLite's default is 4096.
 */
export const PAGE_BYTES = 1024;
/** The number of pages in the journal from which they are moved into the file. */
const JOURNAL_PAGES = 16000;

/** How long a write may wait for another process. The hub is blocked meanwhile. */
const BUSY_MS = 250;

/** Missing in Deno's types of a statement, but present in those of Node. */
interface ArrayStatement {
  setReturnArrays(on: boolean): void;
}

export class Connection implements Database, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Statements that return rows as arrays. */
  readonly #arrays = new Map<string, StatementSync>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Returns an in-memory database; `migrate` creates its tables. */
  static inMemory(): Connection {
    return new Connection(new DatabaseSync(":memory:", { enableForeignKeyConstraints: true }));
  }

  /**
   * Opens or creates the file. Foreign keys are off, because the data was checked in memory. Throws
   * SQLite's own error.
   */
  static toFile(path: string, journal: "WAL" | "DELETE" = "WAL"): Connection {
    const database = new DatabaseSync(path, {
      timeout: BUSY_MS,
      enableForeignKeyConstraints: false,
    });
    try {
      database.exec(
        `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA wal_autocheckpoint = ${JOURNAL_PAGES};`,
      );
      // FULL: a queued message must survive a power cut, not only a crash.
      database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = FULL;`);
      return new Connection(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#arrays.clear();
    this.#database.close();
  }

  /** The database's schema version. */
  get version(): number {
    return Number(this.get("PRAGMA user_version", {})?.user_version ?? 0);
  }

  /** The size of a page in bytes, and of the whole file without its journal. */
  get size(): { readonly page: number; readonly file: number } {
    const page = Number(this.get("PRAGMA page_size", {})?.page_size);
    return { page, file: page * Number(this.get("PRAGMA page_count", {})?.page_count) };
  }

  /**
   * Rewrites the whole file with pages of `PAGE_BYTES`. After a crash the file is as before. Throws
   * SQLite's own error, also when another program uses the file.
   */
  changePageSize(): void {
    this.exec("PRAGMA journal_mode = DELETE");
    try {
      this.exec(`PRAGMA page_size = ${PAGE_BYTES}; VACUUM;`);
    } finally {
      this.exec("PRAGMA journal_mode = WAL");
    }
  }

  /** Upgrades the schema to a version. Each step and its number are written in one transaction. */
  migrate(to: number = SCHEMA_STEPS.length): void {
    const { version } = this;
    SCHEMA_STEPS.slice(version, to).forEach((step, index) => {
      const number = version + index + 1;
      this.transaction(() => {
        this.exec(`${step} PRAGMA user_version = ${number};`);
      });
    });
  }

  /** Runs `write` in one transaction. An exception rolls everything back. */
  transaction<T>(write: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = write();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // SQLite has already rolled back, as it does when the disk is full. The original error is the
      // relevant one.
    }
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, values: Row): void {
    this.#statement(sql).run(values);
  }

  get(sql: string, values: Row): Row | undefined {
    return this.#statement(sql).get(values) as Row | undefined;
  }

  all(sql: string, values: Row): readonly Row[] {
    return this.#statement(sql).all(values) as Row[];
  }

  /** Returns the names of a table's columns, in order. */
  columnsOf(table: string): readonly string[] {
    const columns = this.all("SELECT name FROM pragma_table_info(:table)", { table });
    return columns.map(({ name }) => String(name));
  }

  /** Like `all`, but each row is an array of values. */
  values(sql: string, values: Row): readonly (readonly SQLInputValue[])[] {
    const statement = this.#statement(sql, this.#arrays) as StatementSync & ArrayStatement;
    statement.setReturnArrays(true);
    // The types only allow objects.
    return statement.all(values) as unknown as SQLInputValue[][];
  }

  /** Like `run`, with values for positional parameters. */
  runValues(sql: string, values: readonly SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Records which rows change from now on. */
  recordChanges(): Session {
    return this.#database.createSession();
  }

  /**
   * Applies recorded changes, in the caller's transaction. It replaces a row that another program
   * changed, and does not restore a row that another program removed. A change that violates a
   * constraint is skipped if `isLenient`, and throws otherwise.
   */
  applyChanges(changes: Uint8Array, { isLenient = false } = {}): void {
    const isDone = this.#database.applyChangeset(changes, {
      onConflict: (conflict: number) => resolution(conflict, isLenient),
    });
    if (!isDone) throw new Error("the database contradicts the changes");
  }

  #statement(sql: string, known = this.#statements): StatementSync {
    let statement = known.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      known.set(sql, statement);
    }
    return statement;
  }
}

function resolution(conflict: number, isLenient: boolean): number {
  switch (conflict) {
    case constants.SQLITE_CHANGESET_NOTFOUND:
      return constants.SQLITE_CHANGESET_OMIT;
    case constants.SQLITE_CHANGESET_DATA:
    case constants.SQLITE_CHANGESET_CONFLICT:
      return constants.SQLITE_CHANGESET_REPLACE;
    default:
      return isLenient ? constants.SQLITE_CHANGESET_OMIT : constants.SQLITE_CHANGESET_ABORT;
  }
}
