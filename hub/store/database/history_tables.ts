/**
 * The tables that only the file has. Statements wait until the file takes them. A read that fails
 * returns no rows: the page then lacks some history, but detection and alerts continue.
 */

import type { Statement } from "./batch.ts";
import type { Database, Row } from "./database.ts";

/**
 * The limit of waiting statements while the file cannot be written. The oldest ones are dropped.
 */
const WAITING_MAX = 20_000;

/** A task for the side that has the file, in a worker or not. */
export interface HistoryTask<Args, Result> {
  /** By which the worker finds it. */
  readonly name: string;
  /** It runs in one transaction. A task that only reads also works on a disk that takes nothing. */
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
  /** How many of them are in a batch that has no answer yet. */
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

  /** Returns all that wait. They keep waiting until `taken` or `refused` is called. */
  send(): readonly Statement[] {
    this.#sent = this.#waiting.length;
    return [...this.#waiting];
  }

  /** What was sent is on disk. */
  taken(): void {
    this.#waiting.splice(0, this.#sent);
    this.#sent = 0;
  }

  /** What was sent is not on disk. */
  refused(): void {
    this.#sent = 0;
  }

  /** A transaction failed: only the first `kept` statements keep waiting. */
  rolledBack(kept: number): void {
    this.#waiting.length = Math.min(kept, this.#waiting.length);
  }
}
