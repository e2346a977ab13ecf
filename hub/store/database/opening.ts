/** Opens the database, for any state of its file. */

import { statIfAny } from "../../../io/files/atomic_file.ts";
import { accessAdvice } from "../../../io/files/file_access.ts";
import { reasonOf, SetupError, UserError } from "../../../io/program/user_error.ts";
import { Connection, PAGE_BYTES } from "./connection.ts";
import type { Database } from "./database.ts";
import {
  createDatabase,
  DatabaseFile,
  filesOf,
  finishWriting,
  isEmptied,
  withCopy,
} from "./database_file.ts";
import { type HistoryTask } from "./history_tables.ts";
import { areLiveTablesSound, emptyMemory, type Loaded, loadMemory } from "./loading.ts";
import { restoreNodes } from "./lost_nodes.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { type StorageFault, storageFaultOf } from "./storage_fault.ts";
import { FileKeeper } from "./file_keeper.ts";
import { WriteThrough } from "./write_through.ts";

/** A file up to this size can be rewritten within some seconds, on an SD card too. */
const REWRITTEN_MAX = 64_000_000;

const DAMAGED: StorageFault = { cause: "damaged", reason: "some of its tables cannot be read" };

/** The state of a file, and what could be read of it. */
interface Opening {
  readonly memory: Connection;
  /** `undefined` when it cannot be opened. */
  readonly file: DatabaseFile | undefined;
  readonly fault: StorageFault | undefined;
  /** The memory holds everything in the file that could be read. */
  readonly isFileKnown: boolean;
}

/** The database of a store. */
export interface StoreDatabase extends Disposable {
  readonly live: Database;
  readonly history: Database;
  /** Whether no change waits for the disk. */
  readonly isSettled: boolean;
  /** Resolves when all changes so far are on disk, or are known not to be. */
  written(): Promise<void>;
  transaction<T>(write: () => T): T;
  /** Runs a task; `take` gets `undefined` when the file cannot be used. */
  ask<Args, Result>(
    task: HistoryTask<Args, Result>,
    args: Args,
    take: (result: Result | undefined) => void,
  ): void;
}

/** Returns a database in memory only. */
export function openInMemory(): StoreDatabase {
  const connection = emptyMemory({ isFileKnown: true });
  return {
    live: connection,
    history: connection,
    isSettled: true,
    written: () => Promise.resolve(),
    transaction: (write) => connection.transaction(write),
    ask: (task, args, take) => take(connection.transaction(() => task.run(connection, args))),
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

/**
 * Opens or creates the file at `path`. The hub, its owner, starts with the readable part of a
 * damaged file, and in memory when there is no usable file. Throws a `SetupError` for a file of a
 * newer version, and for every other program when the file is unusable.
 */
export function openDatabase(
  path: string,
  { isOwner }: { readonly isOwner: boolean },
): WriteThrough {
  const opening = openingOf(path, isOwner);
  if (opening.fault !== undefined && !isOwner) {
    opening.file?.[Symbol.dispose]();
    const reason = accessAdvice(filesOf(path)) ?? opening.fault.reason;
    throw new UserError(`Cannot open the database "${path}": ${reason}`);
  }
  const { memory, file, fault, isFileKnown } = opening;
  const state = {
    path,
    fault,
    remedy: "follow",
    isKnown: isFileKnown,
    isOpen: file !== undefined,
  } as const;
  const database = new WriteThrough({ memory, keeper: new FileKeeper({ state, file }) });
  if (isOwner) database.catchUp();
  return database;
}

function openingOf(path: string, isOwner: boolean): Opening {
  try {
    if (isOwner) finishWriting(path);
    if (statIfAny(path) === undefined) createDatabase(path);
    if (isEmptied(path)) throw new Error("it is empty: database disk image is malformed");
    const file = new DatabaseFile(path);
    const found = loaded(path, file.connection);
    if (isOwner && found.fault === undefined) useSmallPages(file.connection);
    return { file, isFileKnown: true, ...found };
  } catch (error) {
    const fault = storageFaultOf(error);
    if (fault === undefined) throw error;
    return { file: undefined, ...withoutFile(path, fault) };
  }
}

function loaded(path: string, file: Connection): Pick<Opening, "memory" | "fault"> {
  refuseNewer(path, file);
  const fault = faultOf(() => file.migrate());
  const { memory, isDamaged } = examined(file);
  return { memory, fault: isDamaged ? DAMAGED : fault };
}

/**
 * Versions up to 0.1.0 created files with larger pages. A large file keeps them, because the hub is
 * blind during the rewrite.
 */
function useSmallPages(file: Connection): void {
  try {
    const { size } = file;
    if (size.page !== PAGE_BYTES && size.file <= REWRITTEN_MAX) file.changePageSize();
  } catch {
    // There is no room for a second file, or another program uses this one. It works unchanged.
  }
}

/** Loads the readable part of a file that cannot be opened in its place. */
function withoutFile(
  path: string,
  fault: StorageFault,
): Pick<Opening, "memory" | "fault" | "isFileKnown"> {
  const isGone = fault.cause === "damaged" || faultOf(() => void Deno.statSync(path)) !== undefined;
  const copy = isGone ? undefined : copied(path);
  if (copy === undefined) {
    return { memory: emptyMemory({ isFileKnown: isGone }), fault, isFileKnown: isGone };
  }
  return { memory: copy.memory, fault: copy.isDamaged ? DAMAGED : fault, isFileKnown: true };
}

function copied(path: string): Loaded | undefined {
  try {
    return withCopy(path, examined);
  } catch {
    return undefined;
  }
}

/** Loads the readable part of a file, and checks whether SQLite finds it damaged. */
function examined(file: Connection): Loaded {
  const { memory, isDamaged } = loadMemory(file);
  if (!isDamaged && areLiveTablesSound(file)) return { memory, isDamaged: false };
  memory.transaction(() => restoreNodes(file, memory));
  return { memory, isDamaged: true };
}

function refuseNewer(path: string, file: Connection): void {
  const { version } = file;
  const latest = SCHEMA_STEPS.length;
  if (version <= latest) return;
  file[Symbol.dispose]();
  const why = `it is of a newer version (${version}) than this hub (${latest})`;
  const todo = "install that version again, or restore a backup that this one made";
  throw new SetupError(`Cannot open the database "${path}": ${why}; ${todo}`);
}

function faultOf(deed: () => void): StorageFault | undefined {
  try {
    deed();
    return undefined;
  } catch (error) {
    return storageFaultOf(error) ?? { cause: "damaged", reason: reasonOf(error) };
  }
}
