/**
 * The hub works in memory and writes through to its file: when a transaction returns, its changes
 * are on disk. While the file cannot be written the hub continues in memory, and `catchUp` writes
 * everything as soon as the file works again.
 */

import { statIfAny } from "../../../io/files/atomic_file.ts";
import type { Connection } from "./connection.ts";
import type { Database } from "./database.ts";
import { DatabaseFile, replaceDatabase } from "./database_file.ts";
import { FileWriter } from "./file_writer.ts";
import { HistoryTables } from "./history_tables.ts";
import { markInstants } from "./instants.ts";
import { copyLiveTables, loadMemory, mergeChanges, takeSharedTables } from "./loading.ts";
import { settlePulse } from "./pulse.ts";
import { copyTable } from "./salvage.ts";
import { explained, type StorageFault, storageFaultOf } from "./storage_fault.ts";
import { TRANSITIONS } from "./tables.ts";

/** The state at the start. */
export interface Opening {
  readonly path: string;
  readonly memory: Connection;
  /** `undefined` when it cannot be opened. */
  readonly file: DatabaseFile | undefined;
  readonly fault: StorageFault | undefined;
  /** The memory holds everything in the file that could be read. */
  readonly isFileKnown: boolean;
}

/** A file that was replaced by a new one. */
export interface Replaced {
  readonly why: "damaged" | "deleted" | "replaced";
  /** Where it was set aside; `undefined` when it was gone. */
  readonly path: string | undefined;
}

/** How to bring the file up to date with memory. */
type Remedy =
  /** Applies the changes of memory. */
  | "follow"
  /** Writes its live tables again. */
  | "rewrite"
  /** Replaces it by a new file, for this reason. */
  | "replace_damaged"
  | "replace_foreign";

export class WriteThrough implements Disposable {
  /** The tables that are kept in memory. */
  readonly live: Database;
  /** The tables that only the file has. */
  readonly history: HistoryTables;
  /** The replacements since this list was last emptied. */
  readonly replacements: Replaced[] = [];
  readonly #path: string;
  readonly #writer: FileWriter;
  #memory: Connection;
  #fault: StorageFault | undefined;
  #isFileKnown: boolean;
  #remedy: Remedy = "follow";
  #isInTransaction = false;
  #isSuspended = false;

  constructor({ path, memory, file, fault, isFileKnown }: Opening) {
    this.#path = path;
    this.#memory = memory;
    this.#isFileKnown = isFileKnown;
    this.live = {
      run: (sql, values) => this.#thenWrite(sql, () => this.#memory.run(sql, values)),
      get: (sql, values) => this.#thenWrite(sql, () => this.#memory.get(sql, values)),
      all: (sql, values) => this.#thenWrite(sql, () => this.#memory.all(sql, values)),
    };
    this.history = new HistoryTables({
      onWrite: () => {
        if (this.#fault !== undefined) this.history.limit();
        else if (!this.#isInTransaction) this.#writeFile();
      },
      read: (read) => this.#readFile(read),
    });
    this.#writer = new FileWriter(memory, this.history);
    this.#writer.file = file;
    if (fault !== undefined) this.#takeFault(fault);
  }

  [Symbol.dispose](): void {
    // A file that must not be touched is closed only by the end of the process.
    if (this.#isSuspended) this.#writer.file = undefined;
    this.#writer[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }

  /** Why the file is not up to date with memory; `undefined` while it is. */
  get fault(): StorageFault | undefined {
    return this.#fault;
  }

  /** The file, while it is up to date with memory. */
  get file(): Connection | undefined {
    return this.#fault === undefined ? this.#writer.file?.connection : undefined;
  }

  /**
   * Runs `write` in one transaction. Its changes are then on disk, or only in memory while the disk
   * fails. An exception rolls everything back.
   */
  transaction<T>(write: () => T): T {
    const waiting = this.history.waiting;
    this.#isInTransaction = true;
    try {
      return this.#memory.transaction(write);
    } catch (error) {
      this.#writer.rollBack(waiting);
      throw error;
    } finally {
      this.#isInTransaction = false;
      this.#writeFile();
    }
  }

  /**
   * Checks whether the file is still in its place, takes over what other programs wrote into it,
   * and brings it up to date with memory if possible.
   */
  catchUp(): void {
    if (this.#isSuspended) return;
    try {
      this.#checkPlace();
      if (this.#fault === undefined) return this.#takeOthersChanges();
      this.#repair();
      this.#fault = undefined;
      this.#remedy = "follow";
    } catch (error) {
      this.#takeError(error);
    }
  }

  /**
   * From now on nothing touches the file, because an access would hang. The hub continues in
   * memory.
   */
  suspend(reason: string): void {
    this.#isSuspended = true;
    this.#fault ??= { cause: "no_answer", reason };
  }

  /** The file can be used again. */
  resume(): void {
    this.#isSuspended = false;
    this.catchUp();
  }

  /** A part of the file turned out to be damaged. */
  noteDamage(fault: StorageFault): void {
    this.#takeFault(fault);
  }

  /** Writes each changing statement at once, including `INSERT ... RETURNING`. */
  #thenWrite<T>(sql: string, run: () => T): T {
    const result = run();
    if (!this.#isInTransaction && !sql.startsWith("SELECT")) this.#writeFile();
    return result;
  }

  #readFile<T>(read: (file: Connection) => T): T | undefined {
    const connection = this.#writer.file?.connection;
    if (connection === undefined || this.#isSuspended) return undefined;
    try {
      if (this.#fault === undefined && this.history.waiting > 0) {
        this.#writer.writeHistory(connection);
      }
      return read(connection);
    } catch (error) {
      const fault = storageFaultOf(error);
      if (fault === undefined) throw error;
      this.#takeFault(fault);
      return undefined;
    }
  }

  #writeFile(): void {
    const { file } = this;
    if (file === undefined) return;
    try {
      this.#writer.follow(file);
    } catch (error) {
      this.#takeError(error);
    }
  }

  #checkPlace(): void {
    const place = this.#writer.file?.place() ?? "same";
    if (place !== "same") {
      this.#takeFault({ cause: place, reason: `the file was ${place} while the hub ran` });
    }
  }

  /** `hub enrol` and `hub revoke` write while the hub runs. */
  #takeOthersChanges(): void {
    const { file } = this.#writer;
    if (file === undefined || !file.isChangedByOthers()) return;
    this.transaction(() => takeSharedTables(file.connection, this.#memory));
  }

  #repair(): void {
    const isGone = statIfAny(this.#path) === undefined;
    if (isGone || this.#remedy.startsWith("replace")) return this.#replace();
    const file = this.#usableFile();
    if (!this.#isFileKnown) this.#merge(file);
    if (this.#remedy === "follow") this.#writer.follow(file);
    else this.#writer.rewrite(file);
  }

  /**
   * A connection that was opened while the file system was read-only may never be able to write.
   */
  #usableFile(): Connection {
    const cause = this.#fault?.cause;
    const isUsable = cause === "full" || cause === "locked";
    if (isUsable && this.#writer.file !== undefined) return this.#writer.file.connection;
    this.#writer.close();
    const file = new DatabaseFile(this.#path);
    this.#writer.file = file;
    file.connection.migrate();
    return file.connection;
  }

  /** This run began without the content of the file: this merges both. */
  #merge(file: Connection): void {
    const { memory, isDamaged } = loadMemory(file);
    memory.transaction(() => settlePulse(memory));
    mergeChanges(memory, this.#writer.changes());
    markInstants(memory);
    this.#writer.begin(memory);
    this.#memory[Symbol.dispose]();
    this.#memory = memory;
    this.#isFileKnown = true;
    this.#remedy = "rewrite";
    if (isDamaged) throw new Error("database disk image is malformed");
  }

  #replace(): void {
    const path = replaceDatabase(this.#path, {
      write: (file) => {
        copyLiveTables(this.#memory, file);
        const old = this.#writer.file;
        if (old !== undefined) copyTable(old.connection, file, TRANSITIONS);
      },
      why: this.#remedy === "replace_damaged" ? "damaged" : "replaced",
      close: () => this.#writer.close(),
    });
    const why = this.#remedy === "replace_damaged" ? "damaged" : "replaced";
    this.replacements.push({ why: path === undefined ? "deleted" : why, path });
    this.#isFileKnown = true;
    this.#writer.file = new DatabaseFile(this.#path);
    this.#writer.rewrite(this.#writer.file.connection);
  }

  #takeError(error: unknown): void {
    const fault = storageFaultOf(error);
    if (fault !== undefined) return this.#takeFault(fault);
    this.#writer.rollBack();
    if (this.#remedy !== "follow") throw error;
    // Another program wrote into the file, so it is written again from memory.
    this.#fault = { cause: "replaced", reason: String(error) };
    this.#remedy = "rewrite";
    this.catchUp();
  }

  #takeFault(fault: StorageFault): void {
    this.#writer.rollBack();
    this.#fault = explained(fault, this.#path);
    const { cause } = fault;
    if (cause === "damaged") this.#remedy = "replace_damaged";
    if (cause === "deleted" || cause === "replaced") this.#remedy = "replace_foreign";
  }
}
