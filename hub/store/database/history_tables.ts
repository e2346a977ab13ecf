/**
 * The tables that only the file has. Statements wait while the file cannot be written. A read that
 * fails returns no rows: the page then lacks some history, but detection and alerts continue.
 */

import type { Connection } from "./connection.ts";
import type { Database, Row } from "./database.ts";

/**
 * The limit of waiting statements while the file cannot be written. The oldest ones are dropped.
 */
const WAITING_MAX = 20_000;

interface Statement {
  readonly sql: string;
  readonly values: Row;
}

export interface HistoryOptions {
  /** A statement is waiting. */
  readonly onWrite: () => void;
  /**
   * Reads from the file after all waiting statements were written. Returns `undefined` when the
   * file cannot be read.
   */
  readonly read: <T>(read: (file: Connection) => T) => T | undefined;
}

export class HistoryTables implements Database {
  readonly #options: HistoryOptions;
  #waiting: Statement[] = [];
  /** How many of the waiting statements the file's current transaction has run. */
  #written = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** The number of waiting statements. */
  get waiting(): number {
    return this.#waiting.length;
  }

  run(sql: string, values: Row): void {
    this.#waiting.push({ sql, values });
    this.#options.onWrite();
  }

  /** Drops the oldest statements when there are too many and none can be written. */
  limit(): void {
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
  }

  get(sql: string, values: Row): Row | undefined {
    return this.#options.read((file) => file.get(sql, values));
  }

  all(sql: string, values: Row): readonly Row[] {
    return this.#options.read((file) => file.all(sql, values)) ?? [];
  }

  /** Writes the waiting statements, in a transaction of the file. */
  writeTo(file: Connection): void {
    for (const { sql, values } of this.#waiting.slice(this.#written)) {
      file.run(sql, values);
      this.#written++;
    }
  }

  /** The transaction of the file was committed. */
  committed(): void {
    this.#waiting = [];
    this.#written = 0;
  }

  /** The transaction of the file was rolled back. Only the first `kept` statements keep waiting. */
  rolledBack(kept = this.#waiting.length): void {
    this.#waiting.length = Math.min(kept, this.#waiting.length);
    this.#written = 0;
  }
}
