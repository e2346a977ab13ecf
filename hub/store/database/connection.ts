/** One connection to SQLite, to a file or to a database in memory, with its prepared statements. */

import {
  constants,
  DatabaseSync,
  type Session,
  type SQLInputValue,
  type StatementSync,
} from "node:sqlite";
import type { Database, Row } from "./database.ts";
import { SCHEMA_STEPS } from "./schema.ts";

/** How long another process may keep a write waiting: the hub sees nothing meanwhile. */
const BUSY_MS = 250;

/** What Deno's own types of a statement lack; those of Node, in programs that have them, do not. */
interface ArrayStatement {
  setReturnArrays(on: boolean): void;
}

export class Connection implements Database, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Those that answer rows as arrays. */
  readonly #arrays = new Map<string, StatementSync>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** A database that is forgotten; its tables are made by `migrate`. */
  static inMemory(): Connection {
    return new Connection(new DatabaseSync(":memory:", { enableForeignKeyConstraints: true }));
  }

  /**
   * Opens the file, or makes an empty one. Foreign keys are not looked at: what is written here was
   * checked in memory. Throws SQLite's own error.
   */
  static toFile(path: string, journal: "WAL" | "DELETE" = "WAL"): Connection {
    const database = new DatabaseSync(path, {
      timeout: BUSY_MS,
      enableForeignKeyConstraints: false,
    });
    try {
      // FULL: a promise to tell somebody must survive a power cut, not only a crash.
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

  /** The step of the schema that the database is at. */
  get version(): number {
    return Number(this.get("PRAGMA user_version", {})?.user_version ?? 0);
  }

  /** Takes the tables to a step of the schema; each step with its number in one transaction. */
  migrate(to: number = SCHEMA_STEPS.length): void {
    const { version } = this;
    SCHEMA_STEPS.slice(version, to).forEach((step, index) => {
      const number = version + index + 1;
      this.transaction(() => {
        this.exec(`${step} PRAGMA user_version = ${number};`);
      });
    });
  }

  /** Runs `write` in one transaction: all of it is there afterwards, or an exception undoes all. */
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
      // SQLite itself has rolled back, as it does when the disk is full: what failed is the news.
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

  /** The names of a table's columns, in their order. */
  columnsOf(table: string): readonly string[] {
    const columns = this.all("SELECT name FROM pragma_table_info(:table)", { table });
    return columns.map(({ name }) => String(name));
  }

  /** As `all`, each row as its values alone. */
  values(sql: string, values: Row): readonly (readonly SQLInputValue[])[] {
    const statement = this.#statement(sql, this.#arrays) as StatementSync & ArrayStatement;
    statement.setReturnArrays(true);
    // The types know of objects only.
    return statement.all(values) as unknown as SQLInputValue[][];
  }

  /** As `run`, with values in the order of their places. */
  runValues(sql: string, values: readonly SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Records from now on which rows change. */
  recordChanges(): Session {
    return this.#database.createSession();
  }

  /**
   * Makes the recorded changes here, in the caller's transaction. A row that somebody else changed is
   * replaced; one that somebody else removed stays away. What a constraint forbids is left out where
   * that is said, and throws otherwise.
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
