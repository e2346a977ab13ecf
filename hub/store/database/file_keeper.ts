/**
 * The file's side of the store. It writes each batch of the memory's side in one transaction, and
 * finds and repairs faults of the file. It runs in the hub's worker, or on the same thread: see
 * `FileLink`.
 */

import { statIfAny } from "../../../io/files/atomic_file.ts";
import type {
  Batch,
  CatchUp,
  FileAnswer,
  FileRequest,
  Replaced,
  Statement,
  StepWork,
} from "./batch.ts";
import { checkFile, restoreVitals, type Steps } from "./background_steps.ts";
import type { Connection } from "./connection.ts";
import type { Database } from "./database.ts";
import { copyDatabase } from "./database_copy.ts";
import { DatabaseFile, replaceDatabase } from "./database_file.ts";
import { FileWriter } from "./file_writer.ts";
import type { HistoryTask } from "./history_tables.ts";
import { loadMemory } from "./loading.ts";
import { copyTable } from "./salvage.ts";
import { type Snapshot, snapshotOf, writeSnapshot } from "./snapshot.ts";
import { explained, type StorageFault, storageFaultOf } from "./storage_fault.ts";
import { SHARED_TABLES, TRANSITIONS } from "./tables.ts";

/** How to bring the file up to date with memory. */
type Remedy =
  /** Applies the changes of memory. */
  | "follow"
  /** Writes its live tables again. */
  | "rewrite"
  /** Replaces it by a new file, for this reason. */
  | "replace_damaged"
  | "replace_foreign";

/** The known state of the file. It can be sent to another thread. */
export interface FileState {
  readonly path: string;
  readonly fault: StorageFault | undefined;
  readonly remedy: Remedy;
  /** The memory holds everything in the file that could be read. */
  readonly isKnown: boolean;
  readonly isOpen: boolean;
}

/** A task with any arguments. The request contains them. */
export type AnyTask = HistoryTask<never, unknown>;

export interface FileKeeperOptions {
  readonly state: FileState;
  readonly file: DatabaseFile | undefined;
  readonly tasks?: readonly AnyTask[];
}

export class FileKeeper implements Disposable {
  readonly #path: string;
  readonly #tasks: ReadonlyMap<string, AnyTask>;
  readonly #works = new Map<string, Steps>();
  readonly #writer: FileWriter;
  #fault: StorageFault | undefined;
  #remedy: Remedy;
  #isKnown: boolean;
  #replaced: Replaced | undefined;

  constructor({ state, file, tasks = [] }: FileKeeperOptions) {
    this.#path = state.path;
    this.#tasks = new Map(tasks.map((task) => [task.name, task]));
    this.#writer = new FileWriter(file);
    this.#remedy = state.remedy;
    this.#isKnown = state.isKnown;
    if (state.fault !== undefined) this.#takeFault(state.fault);
  }

  /** Takes over a file that another thread has closed. */
  static reopen(state: FileState, tasks: readonly AnyTask[]): FileKeeper {
    if (!state.isOpen) return new FileKeeper({ state, file: undefined, tasks });
    try {
      return new FileKeeper({ state, file: new DatabaseFile(state.path), tasks });
    } catch (error) {
      const fault = storageFaultOf(error);
      if (fault === undefined) throw error;
      return new FileKeeper({ state: { ...state, fault }, file: undefined, tasks });
    }
  }

  [Symbol.dispose](): void {
    this.#writer.close();
  }

  get state(): FileState {
    return {
      path: this.#path,
      fault: this.#fault,
      remedy: this.#remedy,
      isKnown: this.#isKnown,
      isOpen: this.#writer.file !== undefined,
    };
  }

  /** The file, while it is up to date with memory. */
  get usable(): Connection | undefined {
    return this.#fault === undefined ? this.#writer.file?.connection : undefined;
  }

  /** Throws only errors that are not caused by the disk. */
  handle(request: FileRequest): FileAnswer {
    switch (request.kind) {
      case "write":
        return this.#write(request.batch);
      case "catch_up":
        return this.#catchUp(request);
      case "step":
        return this.#step(request.work);
      case "task":
        return this.#answer({ result: this.run(this.#task(request.name), request.args as never) });
      case "close":
        this[Symbol.dispose]();
        return this.#answer();
    }
  }

  /**
   * Reads after these statements, which stay in an open transaction. Returns `undefined` when the
   * file cannot be read.
   */
  read<T>(statements: readonly Statement[], read: (file: Database) => T): T | undefined {
    const connection = this.#writer.file?.connection;
    if (connection === undefined) return undefined;
    try {
      if (this.#fault === undefined && statements.length > 0) {
        this.#writer.begin(connection, statements);
      }
      return read(connection);
    } catch (error) {
      this.#takeFault(faultOr(error));
      return undefined;
    }
  }

  /** Rolls back the transaction that `read` left open. */
  rollBack(): void {
    this.#writer.rollBack();
  }

  /** Runs `write` in a separate transaction. Returns false when the disk accepts nothing. */
  writeAlone(write: (file: Connection) => void): boolean {
    const { usable } = this;
    if (usable === undefined) return false;
    try {
      usable.transaction(() => write(usable));
      return true;
    } catch (error) {
      this.#takeFault(faultOr(error));
      return false;
    }
  }

  /** Returns `undefined` when the file cannot be used. */
  run<Args, Result>(task: HistoryTask<Args, Result>, args: Args): Result | undefined {
    if (!task.writes) return this.read([], (file) => task.run(file, args));
    let result: Result | undefined;
    this.writeAlone((file) => {
      result = task.run(file, args);
    });
    return result;
  }

  /** A part of the file turned out to be damaged. */
  noteDamage(fault: StorageFault): void {
    this.#takeFault(fault);
  }

  #answer(answer: Partial<FileAnswer> = {}): FileAnswer {
    const replaced = this.#replaced;
    this.#replaced = undefined;
    return {
      isWritten: false,
      ...answer,
      ...(replaced === undefined ? {} : { replaced }),
      fault: this.#fault,
    };
  }

  #write(batch: Batch): FileAnswer {
    const { usable } = this;
    if (usable === undefined) return this.#answer();
    try {
      this.#writer.follow(usable, batch);
      return this.#answer({ isWritten: true });
    } catch (error) {
      return this.#takeError(error);
    }
  }

  #catchUp(request: CatchUp): FileAnswer {
    try {
      this.#checkPlace();
      const { usable } = this;
      if (usable === undefined) return this.#repair(request);
      this.#writer.follow(usable, request.batch);
      return this.#answer({ isWritten: true, ...this.#shared(request) });
    } catch (error) {
      return this.#takeError(error);
    }
  }

  /** `hub enrol` and `hub revoke` write while the hub runs. */
  #shared({ wantsShared }: CatchUp): Pick<FileAnswer, "shared"> {
    const isChanged = this.#writer.file?.isChangedByOthers() ?? false;
    const { usable } = this;
    if (usable === undefined || !(isChanged || wantsShared)) return {};
    return { shared: snapshotOf(usable, SHARED_TABLES) };
  }

  #repair({ batch, snapshot }: CatchUp): FileAnswer {
    const isGone = statIfAny(this.#path) === undefined;
    if (isGone || this.#remedy.startsWith("replace")) {
      if (snapshot === undefined) return this.#answer({ needsSnapshot: true });
      this.#replace(snapshot, batch.statements);
    } else {
      const file = this.#openFile();
      if (!this.#isKnown) return this.#content(file);
      if (this.#remedy === "follow") this.#writer.follow(file, batch);
      else if (snapshot === undefined) return this.#answer({ needsSnapshot: true });
      else this.#writer.rewrite(file, snapshot, batch.statements);
    }
    this.#fault = undefined;
    this.#remedy = "follow";
    return this.#answer({ isWritten: true });
  }

  /** This run began without the content of the file. */
  #content(file: Connection): FileAnswer {
    const { memory, isDamaged } = loadMemory(file);
    using _memory = memory;
    this.#isKnown = true;
    this.#remedy = "rewrite";
    if (isDamaged) {
      this.#takeFault({ cause: "damaged", reason: "database disk image is malformed" });
    }
    return this.#answer({ content: snapshotOf(memory) });
  }

  #replace(snapshot: Snapshot, statements: readonly Statement[]): void {
    const why = this.#remedy === "replace_damaged" ? "damaged" : "replaced";
    const path = replaceDatabase(this.#path, {
      write: (file) => {
        writeSnapshot(snapshot, file);
        const old = this.#writer.file;
        if (old !== undefined) copyTable(old.connection, file, TRANSITIONS);
      },
      why,
      close: () => this.#writer.close(),
    });
    this.#replaced = { why: path === undefined ? "deleted" : why, path };
    this.#isKnown = true;
    // From here on the file lacks only the statements, so it need not be replaced any more.
    this.#remedy = "rewrite";
    this.#writer.file = new DatabaseFile(this.#path);
    this.#writer.follow(this.#writer.file.connection, { changes: new Uint8Array(), statements });
  }

  /**
   * A connection that was opened while the file system was read-only may never be able to write.
   */
  #openFile(): Connection {
    const cause = this.#fault?.cause;
    const isUsable = cause === "full" || cause === "locked";
    if (isUsable && this.#writer.file !== undefined) return this.#writer.file.connection;
    this.#writer.close();
    const file = new DatabaseFile(this.#path);
    this.#writer.file = file;
    file.connection.migrate();
    return file.connection;
  }

  #checkPlace(): void {
    const place = this.#writer.file?.place() ?? "same";
    if (place !== "same") {
      this.#takeFault({ cause: place, reason: `the file was ${place} while the hub ran` });
    }
  }

  #step(work: StepWork): FileAnswer {
    const key = JSON.stringify(work);
    const steps = this.#works.get(key) ?? stepsOf(work, this);
    this.#works.set(key, steps);
    try {
      if (!steps.next().done) return this.#answer({ isMore: true });
    } catch (error) {
      // The rest of a damaged file may not be a database at all.
      this.#works.delete(key);
      return this.#answer({ error: String(error) });
    }
    this.#works.delete(key);
    return this.#answer();
  }

  #task(name: string): AnyTask {
    const task = this.#tasks.get(name);
    if (task === undefined) throw new Error(`no task "${name}"`);
    return task;
  }

  #takeError(error: unknown): FileAnswer {
    const fault = storageFaultOf(error);
    if (fault !== undefined) {
      this.#takeFault(fault);
      return this.#answer();
    }
    this.rollBack();
    if (this.#remedy !== "follow") throw error;
    // Another program wrote into the file, so it is written again from memory.
    this.#fault = { cause: "replaced", reason: String(error) };
    this.#remedy = "rewrite";
    return this.#answer({ needsSnapshot: true });
  }

  #takeFault(fault: StorageFault): void {
    this.rollBack();
    this.#fault = explained(fault, this.#path);
    const { cause } = fault;
    if (cause === "damaged") this.#remedy = "replace_damaged";
    if (cause === "deleted" || cause === "replaced") this.#remedy = "replace_foreign";
  }
}

function stepsOf(work: StepWork, keeper: FileKeeper): Steps {
  switch (work.kind) {
    case "check":
      return checkFile(keeper);
    case "restore_vitals":
      return restoreVitals(keeper, work.path);
    case "copy":
      return copyDatabase(keeper.state.path, work.path);
  }
}

/** Throws an error that is not caused by the disk. */
function faultOr(error: unknown): StorageFault {
  const fault = storageFaultOf(error);
  if (fault === undefined) throw error;
  return fault;
}
