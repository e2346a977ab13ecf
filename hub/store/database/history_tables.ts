/**
 * The tables that only the file has. Writes wait while the file cannot be written. A read that fails
 * answers no rows: the page then lacks some history, and the alarm goes on.
 */

import type { Connection } from "./connection.ts";
import type { Database, Row } from "./database.ts";

/** Statements that wait at most while the file cannot be written; then the oldest are given up. */
const WAITING_MAX = 20_000;

interface Statement {
  readonly sql: string;
  readonly values: Row;
}

export interface HistoryOptions {
  /** Something waits to be written. */
  readonly onWrite: () => void;
  /** Reads from the file, after what waits was written. `undefined` when it cannot be read. */
  readonly read: <T>(read: (file: Connection) => T) => T | undefined;
}

export class HistoryTables implements Database {
  readonly #options: HistoryOptions;
  #waiting: Statement[] = [];
  /** How many of the waiting statements the present transaction of the file has run. */
  #written = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** How many statements wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  run(sql: string, values: Row): void {
    this.#waiting.push({ sql, values });
    this.#options.onWrite();
  }

  /** Gives up the oldest of too many, which nobody can write now. */
  limit(): void {
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }

  get(sql: string, values: Row): Row | undefined {
    return this.#options.read((file) => file.get(sql, values));
  }

  all(sql: string, values: Row): readonly Row[] {
    return this.#options.read((file) => file.all(sql, values)) ?? [];
  }

  /** Writes what waits, in a transaction of the file. */
  writeTo(file: Connection): void {
    for (const { sql, values } of this.#waiting.slice(this.#written)) {
      file.run(sql, values);
      this.#written++;
    }
  }

  /** The transaction of the file ended well. */
  committed(): void {
    this.#waiting = [];
    this.#written = 0;
  }

  /** The transaction of the file was undone. Only the first `kept` statements go on waiting. */
  rolledBack(kept = this.#waiting.length): void {
    this.#waiting.length = Math.min(kept, this.#waiting.length);
    this.#written = 0;
  }
}
