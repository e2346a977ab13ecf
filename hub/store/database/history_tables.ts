/**
 * The tables that exist only in the file. Statements wait until they are written. A read that fails
 * returns no rows: the page then lacks some history, but detection and alerts continue.
 */

import type { Statement } from "./batch.ts";
import type { Database, Row } from "./database.ts";

/**
 * The limit of waiting statements while the file cannot be written. The oldest ones are dropped.
 */
const WAITING_MAX = 20_000;

/** A task that runs on the file's side, in a worker or on this thread. */
export interface HistoryTask<Args, Result> {
  /** The worker finds the task by this name. */
  readonly name: string;
  /** If true, it runs in one transaction. A task that only reads also works on a read-only disk. */
  readonly writes: boolean;
  /** Arguments and result can be sent to another thread. */
  readonly run: (history: Database, args: Args) => Result;
}

export interface HistoryOptions {
  /** A statement is waiting. */
  readonly onWrite: () => void;
  /**
   * Reads from the file after all waiting statements were written. Returns `undefined` when the
   * file cannot be read.
   */
  readonly read: <T>(read: (file: Database) => T) => T | undefined;
}

/**
 * Reads are only possible while the file is on this thread: at the start of a hub, in commands, and
 * in a `HistoryTask`.
 */
export class HistoryTables implements Database {
  readonly #options: HistoryOptions;
  #waiting: Statement[] = [];
  /** The number of statements in a batch that has no answer yet. */
  #sent = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** The statements that are not known to be on disk, oldest first. */
  get waiting(): readonly Statement[] {
    return this.#waiting;
  }

  run(sql: string, values: Row): void {
    this.#waiting.push({ sql, values });
    this.#options.onWrite();
  }

  /** Drops the oldest statements when there are too many and none can be written. */
  limit(): void {
    if (this.#waiting.length - this.#sent > WAITING_MAX) this.#waiting.splice(this.#sent, 1);
  }

  get(sql: string, values: Row): Row | undefined {
    return this.#options.read((file) => file.get(sql, values));
  }

  all(sql: string, values: Row): readonly Row[] {
    return this.#options.read((file) => file.all(sql, values)) ?? [];
  }

  /** Returns all waiting statements. They keep waiting until `taken` or `refused` is called. */
  send(): readonly Statement[] {
    this.#sent = this.#waiting.length;
    return [...this.#waiting];
  }

  /** The sent statements are on disk. */
  taken(): void {
    this.#waiting.splice(0, this.#sent);
    this.#sent = 0;
  }

  /** The sent statements are not on disk. */
  refused(): void {
    this.#sent = 0;
  }

  /** A transaction failed: only the first `kept` statements keep waiting. */
  rolledBack(kept: number): void {
    this.#waiting.length = Math.min(kept, this.#waiting.length);
  }
}
