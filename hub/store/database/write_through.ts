/**
 * The memory's side of the store. The hub's decisions use the memory, which changes at once. Changes
 * are sent to the file's side: on the same thread at once, or to a worker in batches, one at a time,
 * after a short delay. While the file cannot be written or does not answer, the hub continues in
 * memory, and `catchUp` writes everything as soon as the file works again.
 */

import { systemClock } from "../../../io/time/clock.ts";
import { callAfterRunning } from "../../../io/time/patient_timer.ts";
import type { FileAnswer, FileLink, FileRequest, Replaced, StepWork } from "./batch.ts";
import type { Connection } from "./connection.ts";
import type { Database } from "./database.ts";
import type { FileKeeper, FileState } from "./file_keeper.ts";
import { HistoryTables, type HistoryTask } from "./history_tables.ts";
import { markInstants } from "./instants.ts";
import { mergeChanges, takeSharedTables } from "./loading.ts";
import { settlePulse } from "./pulse.ts";
import { Questions } from "./questions.ts";
import { memoryOf, type Snapshot, snapshotOf } from "./snapshot.ts";
import type { StorageFault } from "./storage_fault.ts";
import { Unwritten } from "./unwritten.ts";

/** A worker writes all changes within this time in one transaction. */
const GATHER_MS = 50;
/** The hub stops waiting for a file that has not answered for this long. */
const ANSWER_MS = 10_000;
/** A repair needs at most a merge and a snapshot after it. */
const REPAIR_STEPS_MAX = 4;

export interface WriteThroughOptions {
  readonly memory: Connection;
  readonly keeper: FileKeeper;
}

/** Called when all changes so far are on disk, or are known not to be. */
type Waiter = () => void;

export class WriteThrough implements Disposable {
  /** The tables that are kept in memory. */
  readonly live: Database;
  /** The tables that exist only in the file. */
  readonly history: HistoryTables;
  /** The replacements since this list was last emptied. */
  readonly replacements: Replaced[] = [];
  #memory: Connection;
  /** The file, while it is on this thread. */
  #keeper: FileKeeper | undefined;
  #link: FileLink;
  readonly #unwritten: Unwritten;
  readonly #questions = new Questions();
  #fault: StorageFault | undefined;
  #isInTransaction = false;
  #isSuspended = false;
  #isOver = false;
  /** Something has changed since the last batch was sent. */
  #isDirty = false;
  #isUnderWay = false;
  /** The next batch is sent without a delay. */
  #isUrgent = false;
  /** Whether `catchUp` must ask for the shared tables, because memory was ahead of the file. */
  #wantsShared = false;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #waitingForNext: Waiter[] = [];
  #waitingForAnswer: Waiter[] = [];

  constructor({ memory, keeper }: WriteThroughOptions) {
    this.#memory = memory;
    this.#keeper = keeper;
    this.#link = { send: (request, take) => take(keeper.handle(request)) };
    this.#fault = keeper.state.fault;
    this.live = {
      run: (sql, values) => this.#thenWrite(sql, () => this.#memory.run(sql, values)),
      get: (sql, values) => this.#thenWrite(sql, () => this.#memory.get(sql, values)),
      all: (sql, values) => this.#thenWrite(sql, () => this.#memory.all(sql, values)),
    };
    this.history = new HistoryTables({
      onWrite: () => {
        if (this.#fault !== undefined) this.history.limit();
        if (!this.#isInTransaction) this.#changed();
      },
      read: (read) => this.#readFile(read),
    });
    this.#unwritten = new Unwritten(memory, this.history);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#gathering);
    this.#unwritten[Symbol.dispose]();
    // A suspended file must not be accessed. The end of the process closes it.
    if (!this.#isSuspended) this.#keeper?.[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }

  /** Why the file is not up to date with memory; `undefined` while it is. */
  get fault(): StorageFault | undefined {
    return this.#fault;
  }

  /** The file, while it is on this thread and up to date with memory. */
  get file(): Connection | undefined {
    return this.#keeper?.usable;
  }

  /** Whether no change waits for the disk. */
  get isSettled(): boolean {
    return this.#fault !== undefined || !(this.#isDirty || this.#isUnderWay);
  }

  /**
   * Resolves when all changes so far are on disk. It resolves at once while the disk has a fault, and
   * after `ANSWER_MS` without an answer, because then the silence is a fault.
   */
  async written(): Promise<void> {
    if (this.isSettled) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    (this.#isDirty ? this.#waitingForNext : this.#waitingForAnswer).push(resolve);
    await promise;
  }

  /** Sends the changes at once, without the usual delay. */
  flush(): void {
    if (!this.#isDirty) return;
    this.#isUrgent = true;
    this.#writeAll();
  }

  /**
   * Runs `write` in one transaction of the memory. Its changes are in one transaction of the file.
   * An exception rolls everything back.
   */
  transaction<T>(write: () => T): T {
    const waiting = this.history.waiting.length;
    this.#isInTransaction = true;
    try {
      return this.#memory.transaction(write);
    } catch (error) {
      this.#keeper?.rollBack();
      this.history.rolledBack(waiting);
      throw error;
    } finally {
      this.#isInTransaction = false;
      this.#changed();
    }
  }

  /**
   * Checks whether the file is still in its place, takes over what other programs wrote into it,
   * and brings it up to date with memory if possible. A worker finishes this some time later.
   */
  catchUp(): void {
    if (!this.#isSuspended && !this.#isUnderWay) this.#catchUp(undefined, REPAIR_STEPS_MAX);
  }

  /**
   * From now on nothing more is sent to the file, because the disk does not answer. The hub
   * continues in memory.
   */
  suspend(reason: string): void {
    this.#isSuspended = true;
    this.#fall({ cause: "no_answer", reason });
  }

  /** The file can be used again. */
  resume(): void {
    this.#isSuspended = false;
    this.catchUp();
  }

  /**
   * Does a step of long work on the file. `take` gets whether there is more to do, or why the work
   * cannot continue.
   */
  step(work: StepWork, take: (answer: Pick<FileAnswer, "isMore" | "error">) => void): void {
    this.#link.send({ kind: "step", work }, (answer) => {
      this.#take(answer);
      take(answer);
    });
  }

  /**
   * Runs a task on the file's side, after all changes so far are written. `take` gets
   * `undefined` when the file cannot be used, or has not answered for `ANSWER_MS`.
   */
  ask<Args, Result>(
    task: HistoryTask<Args, Result>,
    args: Args,
    take: (result: Result | undefined) => void,
  ): void {
    const keeper = this.#keeper;
    if (keeper !== undefined) {
      const result = this.#isSuspended ? undefined : keeper.run(task, args);
      this.#fault = this.#isSuspended ? this.#fault : keeper.state.fault;
      return take(result);
    }
    if (this.#fault?.cause === "no_answer") return take(undefined);
    const send = async (answer: (result: Result | undefined) => void) => {
      await this.written();
      this.#link.send({ kind: "task", name: task.name, args }, (said) => {
        this.#take(said);
        answer(said.result as Result | undefined);
      });
    };
    this.#questions.ask<Result>((answer) => void send(answer), ANSWER_MS, take);
  }

  /**
   * From now on the other side of this link has the file. `open` opens it there in the given state.
   * Resolves when that is done.
   */
  async moveTo(open: (state: FileState) => FileLink): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === undefined) throw new Error("the file is elsewhere already");
    const { state } = keeper;
    keeper[Symbol.dispose]();
    this.#keeper = undefined;
    // Another program may have written while it was closed.
    this.#wantsShared = true;
    this.#link = open(state);
    await this.#caughtUp();
  }

  /** Writes everything, also to a file that had a fault. Does not wait for a silent disk. */
  async finish(): Promise<void> {
    if (this.#fault?.cause === "no_answer") return;
    await (this.#fault === undefined ? this.written() : this.#caughtUp());
  }

  /** Resolves when the other side of the link has closed the file. */
  async close(): Promise<void> {
    if (this.#fault?.cause === "no_answer") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#link.send({ kind: "close" }, () => resolve());
    await promise;
  }

  /** Each changing statement is a separate change, including `INSERT ... RETURNING`. */
  #thenWrite<T>(sql: string, run: () => T): T {
    const result = run();
    if (!this.#isInTransaction && !sql.startsWith("SELECT")) this.#changed();
    return result;
  }

  #readFile<T>(read: (file: Database) => T): T | undefined {
    const keeper = this.#keeper;
    if (keeper === undefined) throw new Error("The file is in a worker, which has to be asked");
    if (this.#isSuspended) return undefined;
    const result = keeper.read(this.history.waiting, read);
    this.#fault = keeper.state.fault;
    return result;
  }

  #changed(): void {
    this.#isDirty = true;
    if (this.#fault !== undefined || this.#isUnderWay) return;
    if (this.#keeper !== undefined || this.#isUrgent) this.#writeAll();
    else this.#gathering ??= setTimeout(() => this.#writeAll(), GATHER_MS);
  }

  #writeAll(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#fault !== undefined || this.#isUnderWay) return;
    const batch = this.#unwritten.send();
    if (batch.changes.length === 0 && batch.statements.length === 0) {
      this.#isDirty = false;
      this.#isUrgent = false;
      this.#unwritten.refused();
      return wake(this.#waitingForNext.splice(0));
    }
    this.#send({ kind: "write", batch }, (answer) => {
      if (answer.needsSnapshot) this.#catchUp(snapshotOf(this.#memory), REPAIR_STEPS_MAX);
    });
  }

  #catchUp(snapshot: Snapshot | undefined, stepsLeft: number): void {
    const request = {
      kind: "catch_up",
      batch: this.#unwritten.send(),
      snapshot,
      wantsShared: this.#wantsShared,
    } as const;
    this.#send(request, (answer) => {
      if (answer.isWritten) this.#recover(stepsLeft);
      if (answer.shared !== undefined) this.#takeShared(answer.shared);
      if (answer.content !== undefined) this.#merge(answer.content);
      if (stepsLeft <= 0) return;
      if (answer.needsSnapshot || answer.content !== undefined) {
        this.#catchUp(snapshotOf(this.#memory), stepsLeft - 1);
      }
    });
  }

  /** Sends a request that may change memory or the file. Only one is pending at a time. */
  #send(request: FileRequest, then: (answer: FileAnswer) => void): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#isUnderWay = true;
    this.#isDirty = false;
    this.#isUrgent = false;
    this.#waitingForAnswer.push(...this.#waitingForNext.splice(0));
    const limit = this.#limit();
    this.#link.send(request, (answer) => {
      limit?.[Symbol.dispose]();
      if (this.#isOver) return;
      this.#isUnderWay = false;
      if (answer.isWritten) {
        this.#unwritten.taken();
        wake(this.#waitingForAnswer.splice(0));
      } else {
        this.#unwritten.refused();
        this.#isDirty = true;
      }
      const wasLate = this.#fault?.cause === "no_answer" && request.kind === "write";
      this.#take(answer);
      then(answer);
      if (this.#isUnderWay || this.#isSuspended) return;
      if (wasLate) this.catchUp();
      else if (this.#isDirty) this.#changed();
    });
  }

  async #caughtUp(): Promise<void> {
    this.catchUp();
    if (!this.#isUnderWay) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waitingForAnswer.push(resolve);
    await promise;
  }

  #limit(): Disposable | undefined {
    if (this.#keeper !== undefined) return undefined;
    return callAfterRunning(systemClock, ANSWER_MS, () => {
      const reason = `the disk has not ended a write within ${ANSWER_MS} ms`;
      this.#fall({ cause: "no_answer", reason });
    });
  }

  /** Handles the common part of every answer. Only a `catchUp` ends a fault. */
  #take({ fault, replaced }: FileAnswer): void {
    if (replaced !== undefined) this.replacements.push(replaced);
    if (fault !== undefined) this.#fall(fault);
  }

  /** Records a fault. If the new fault is the disk's silence, an earlier fault stays. */
  #fall(fault: StorageFault): void {
    this.#fault = fault.cause === "no_answer" ? this.#fault ?? fault : fault;
    wake(this.#waitingForNext.splice(0));
    wake(this.#waitingForAnswer.splice(0));
  }

  /** The file has all sent changes. Changes from a long silence are sent before the fault ends. */
  #recover(stepsLeft: number): void {
    if (this.#isSuspended) return;
    const isBehind = this.#fault?.cause === "no_answer" && this.#isDirty;
    if (isBehind && stepsLeft > 0) this.#catchUp(undefined, stepsLeft - 1);
    else this.#fault = undefined;
  }

  /** Takes over the changes of other programs, unless this one has changed something meanwhile. */
  #takeShared(shared: Snapshot): void {
    this.#wantsShared = this.#unwritten.changes().length > 0;
    if (!this.#wantsShared) this.transaction(() => takeSharedTables(shared, this.#memory));
  }

  /** This run began without the content of the file: this merges both. */
  #merge(content: Snapshot): void {
    const memory = memoryOf(content);
    memory.transaction(() => settlePulse(memory));
    mergeChanges(memory, this.#unwritten.changes());
    markInstants(memory);
    this.#unwritten.begin(memory);
    this.#memory[Symbol.dispose]();
    this.#memory = memory;
  }
}

function wake(waiters: readonly Waiter[]): void {
  for (const waiter of waiters) waiter();
}
