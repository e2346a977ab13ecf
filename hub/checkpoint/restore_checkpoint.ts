/** Copies the checkpoint into the state folder at the start, unless that has something newer. */

import { dirname, join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { giveToFolder, replaceFile, statIfAny } from "../../io/files/atomic_file.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { ifStateIsFree } from "../host/state_lock.ts";
import { isSoundDatabase } from "../store/database/database_copy.ts";
import {
  type CheckpointPlace,
  checkpointPlace,
  folderProblem,
  numberFile,
  numberIn,
  SECRET_MODE,
} from "./checkpoint_place.ts";

const BLOCK_BYTES = 1_048_576;
/** The name endings of a database's files: SQLite's journal, the journal's index, the database. */
const ENDS = ["-wal", "-shm", ""] as const;

const log = getLog("checkpoint");

/** The same for a command, which must not touch the folder of a running hub. */
export function restoreUnlessRunning(config: Config): void {
  if (config.hub.checkpointDir !== undefined) {
    ifStateIsFree(config, () => restoreCheckpoint(config));
  }
}

/**
 * Call this before anything reads the state folder. A state folder on a tmpfs is empty after a
 * boot; under an overlay root it is as old as the overlay. Throws a `UserError` when the state
 * folder is empty and the folder of the checkpoint cannot be used, because a hub without its state
 * would refuse all its Pis.
 */
export function restoreCheckpoint(config: Config): void {
  const place = checkpointPlace(config);
  if (place === undefined) return;
  const { folder, stateDir, database } = place;
  const isEmpty = statIfAny(join(stateDir, database)) === undefined;
  const problem = folderProblem(folder);
  if (problem !== undefined) {
    if (isEmpty) throw new UserError(`Cannot use [hub] checkpoint "${folder}": ${problem}`);
    // The hub's state is newer. Writing the next checkpoint will fail, and people are notified.
    return;
  }
  if (!isEmpty && !isNewer(place)) return;
  try {
    takeSmallFiles(place);
    if (statIfAny(join(folder, database)) !== undefined) takeDatabase(place);
  } catch (error) {
    const what = `Cannot take the checkpoint "${folder}" over into [hub] state "${stateDir}"`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * If number and time contradict each other, a person must decide. Until then the state stays, and
 * the checkpoint is not overwritten.
 */
function isNewer({ folder, stateDir, database }: CheckpointPlace): boolean {
  const timesMs = ENDS.map((end) => timeMs(join(stateDir, database + end)));
  return numberIn(folder) > numberIn(stateDir) &&
    timeMs(numberFile(folder)) > Math.max(...timesMs);
}

function timeMs(path: string): number {
  return statIfAny(path)?.mtime?.getTime() ?? -Infinity;
}

/** If the small files were copied before, a person's later changes to them stay. */
function takeSmallFiles({ folder, stateDir, smallFiles }: CheckpointPlace): void {
  const isDone = statIfAny(numberFile(stateDir)) !== undefined &&
    numberIn(stateDir) >= numberIn(folder);
  for (const { name, mode } of smallFiles) {
    const [from, to] = [join(folder, name), join(stateDir, name)];
    try {
      if (statIfAny(from) === undefined || isDone && statIfAny(to) !== undefined) continue;
      if (dirname(to) !== stateDir) {
        Deno.mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
        giveToFolder(dirname(to));
      }
      replaceFile(to, Deno.readTextFileSync(from), mode);
    } catch (error) {
      log.error("cannot take over a file of the checkpoint", {
        file: from,
        reason: reasonOf(error),
      });
    }
  }
  replaceFile(numberFile(stateDir), `${numberIn(folder)}\n`, SECRET_MODE);
}

/** The database is copied last. If it is missing at the next start, everything is copied again. */
function takeDatabase({ folder, stateDir, database }: CheckpointPlace): void {
  const [from, file] = [join(folder, database), join(stateDir, database)];
  const part = `${file}.part`;
  const isWhole = copyReadable(from, part);
  const isSound = isWhole && isSoundDatabase(part);
  for (const end of ENDS) {
    if (statIfAny(file + end) !== undefined) Deno.renameSync(file + end, `${file}.older${end}`);
  }
  giveToFolder(part);
  Deno.renameSync(part, file);
  if (isSound) {
    log.warning("went back to the checkpoint", { number: numberIn(folder), file: from });
  } else {
    log.error("the checkpoint is damaged: the hub goes on with what is readable of it", {
      set_aside: setAside(from),
    });
  }
}

/**
 * Copies the readable beginning of a file. If the rest is missing, the copy is a damaged database.
 * Throws when the copy cannot be written.
 */
function copyReadable(from: string, to: string): boolean {
  if (statIfAny(to) !== undefined) Deno.removeSync(to);
  using target = Deno.openSync(to, { write: true, createNew: true, mode: SECRET_MODE });
  const block = new Uint8Array(BLOCK_BYTES);
  try {
    using source = Deno.openSync(from);
    for (;;) {
      const count = readSome(source, block);
      if (count === undefined) return false;
      if (count === 0) return true;
      writeAll(target, block.subarray(0, count));
    }
  } catch (error) {
    Deno.removeSync(to);
    throw error;
  }
}

/** Returns the number of bytes read; 0 at the end, `undefined` when the rest cannot be read. */
function readSome(file: Deno.FsFile, block: Uint8Array): number | undefined {
  try {
    return file.readSync(block) ?? 0;
  } catch (error) {
    log.error("cannot read all of the checkpoint", { reason: reasonOf(error) });
    return undefined;
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Returns the new name, or why the file could not be renamed. */
function setAside(file: string): string {
  const aside = `${file}.damaged`;
  try {
    Deno.renameSync(file, aside);
    return aside;
  } catch (error) {
    return reasonOf(error);
  }
}
