/** The hub's SQLite file: the only place that names SQLite. Everything is synchronous. */

import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { reasonOf, UserError } from "../../io/user_error.ts";
import { SCHEMA_STEPS } from "./schema.ts";

/** How long another process (a backup, `hub test-alert`) may hold the database. */
const BUSY_MS = 5000;

/** Column or parameter names to values. */
export type Row = Readonly<Record<string, SQLInputValue>>;

export class Database implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens or creates the file; `:memory:` for one that is forgotten. Throws a `UserError` when it
   * cannot.
   */
  constructor(path: string) {
    try {
      this.#database = openDatabase(path);
    } catch (error) {
      const what = `Cannot open the database "${path}"`;
      throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
    }
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** Runs `write` in one transaction: all of it is on disk afterwards, or an exception undoes all. */
  transaction<T>(write: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = write();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  run(sql: string, values: Row): void {
    this.#statement(sql).run(values);
  }

  /** The first row, if there is one. */
  get(sql: string, values: Row): Row | undefined {
    return this.#statement(sql).get(values) as Row | undefined;
  }

  all(sql: string, values: Row): readonly Row[] {
    return this.#statement(sql).all(values) as Row[];
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // SQLite itself has rolled back, as it does when the disk is full: what failed is the news.
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  try {
    // FULL: a promise to tell somebody must survive a power cut, not only a crash.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Takes the file to the present shape; each step with its number in one transaction. */
function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (version > SCHEMA_STEPS.length) {
    throw new Error(`it is of a newer version (${version}) than this hub (${SCHEMA_STEPS.length})`);
  }
  SCHEMA_STEPS.slice(version).forEach((step, index) => {
    database.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${version + index + 1}; COMMIT;`);
  });
}

/** A column of SQLite's NULL or a number. */
export function numberOrNone(value: SQLInputValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function textOrNone(value: SQLInputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Instants are kept in whole milliseconds. */
export function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
