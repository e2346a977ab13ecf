/**
 * Puts a restored state in the place of the present one. After a kill or a power cut in the middle,
 * the next start of the hub ends it: from the rename of the folder on, the restored state counts.
 */

import { basename, dirname, join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { decodeManifest, MANIFEST_NAME } from "../../core/history/backup_manifest.ts";
import { giveToFolder, statIfAny } from "../../io/files/atomic_file.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { databaseFile } from "../host/state_folder.ts";
import { ifStateIsFree } from "../host/state_lock.ts";
import {
  REPLACED_FOLDER,
  RESTORED_FOLDER,
  smallStateNames,
  UNPACKING_FOLDER,
} from "./state_files.ts";

const FOLDER_MODE = 0o700;
/** SQLite's files beside a database must not outlive it: the next one would be read with them. */
const JOURNALS = ["-wal", "-shm", "-journal"] as const;

const log = getLog("hub");

/** The state is complete in its folder, and takes the place of the present one. */
export function takeOver(stateDir: string, database: string): void {
  const [from, to] = [join(stateDir, UNPACKING_FOLDER), join(stateDir, RESTORED_FOLDER)];
  giveAll(from);
  syncAll(from);
  removeIfAny(join(stateDir, REPLACED_FOLDER));
  Deno.renameSync(from, to);
  sync(stateDir);
  finishRestore(stateDir, database);
}

/**
 * Ends a restore that was interrupted. Call this, with the state folder locked, before anything
 * reads it. Throws a `UserError` when the disk refuses.
 */
export function finishRestore(stateDir: string, database: string): void {
  const from = join(stateDir, RESTORED_FOLDER);
  try {
    removeIfAny(join(stateDir, UNPACKING_FOLDER));
    if (statIfAny(from) === undefined) return;
    const replaced = join(stateDir, REPLACED_FOLDER);
    Deno.mkdirSync(replaced, { recursive: true, mode: FOLDER_MODE });
    giveToFolder(replaced);
    for (const name of foreignNames(stateDir, database)) {
      move(stateDir, replaced, name);
      if (dirname(name) !== ".") removeIfEmpty(join(stateDir, dirname(name)));
    }
    for (const name of namesIn(from)) {
      if (name === database) { for (const end of JOURNALS) move(stateDir, replaced, name + end); }
      move(stateDir, replaced, name);
      move(from, stateDir, name);
    }
    syncAll(stateDir);
    // In one step: half of the folder would look like a restore that is not over.
    Deno.renameSync(from, join(stateDir, UNPACKING_FOLDER));
    removeIfAny(join(stateDir, UNPACKING_FOLDER));
    sync(stateDir);
    log.info("the restored state is in place", { replaced });
  } catch (error) {
    const what = `Cannot put the restored state "${from}" in its place`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The same for a command, which must not touch the folder of a running hub. */
export function finishRestoreUnlessRunning(config: Config): void {
  const { stateDir } = config.hub;
  // A hub that starts at this instant would find the folder locked, so it is locked if need be.
  if (statIfAny(join(stateDir, RESTORED_FOLDER)) === undefined) return;
  ifStateIsFree(config, () => finishRestore(stateDir, basename(databaseFile(config))));
}

/** The files of the present state that the restored one has not, such as keys that it never had. */
function foreignNames(stateDir: string, database: string): readonly string[] {
  const list = join(stateDir, RESTORED_FOLDER, MANIFEST_NAME);
  const manifest = decodeManifest(Deno.readTextFileSync(list));
  if (!manifest.ok) throw new Error(`"${list}": ${manifest.reason}`);
  const names = new Set(manifest.value.files.map(({ name }) => name));
  return smallStateNames(stateDir, database).filter((name) => !names.has(name));
}

/** Moves a file, if there is one. */
function move(from: string, to: string, name: string): void {
  if (statIfAny(join(from, name)) === undefined) return;
  const folder = dirname(join(to, name));
  if (statIfAny(folder) === undefined) Deno.mkdirSync(folder, { mode: FOLDER_MODE });
  giveToFolder(folder);
  Deno.renameSync(join(from, name), join(to, name));
}

/** The paths of the files of a state below a folder, relative to it. */
function namesIn(folder: string, prefix = ""): readonly string[] {
  return [...Deno.readDirSync(join(folder, prefix))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return namesIn(folder, `${prefix}${name}/`);
    return name === MANIFEST_NAME ? [] : [prefix + name];
  });
}

/** Root may restore what the hub's user must read. */
function giveAll(folder: string): void {
  giveToFolder(folder);
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (dirname(path) !== folder) giveToFolder(dirname(path));
    giveToFolder(path);
  }
}

function syncAll(folder: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory && basename(folder) !== REPLACED_FOLDER) sync(join(folder, name));
  }
  sync(folder);
}

function sync(folder: string): void {
  using file = Deno.openSync(folder);
  file.syncSync();
}

function removeIfEmpty(folder: string): void {
  if ([...Deno.readDirSync(folder)].length === 0) Deno.removeSync(folder);
}

function removeIfAny(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
