/** One hub for one state folder: two would tell everybody everything twice. */

import { join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { giveToFolder } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";

const log = getLog("hub");

/**
 * Holds the state folder for this process until disposed. The kernel frees it when the process ends,
 * however that happens. Throws a `UserError` that names the process that holds it.
 */
export function lockStateFolder({ hub: { stateDir } }: Config): Disposable {
  // The folder itself can be locked on a read-only file system, too; a new file could not be made there.
  const folder = openFolder(stateDir);
  try {
    if (!isLocked(folder, stateDir)) {
      throw new UserError(
        `Another hub uses [hub] state "${stateDir}"${holderOf(stateDir)}: stop that one, or give ` +
          `this one a state folder of its own`,
      );
    }
    tellHolder(stateDir);
    return folder;
  } catch (error) {
    folder.close();
    throw error;
  }
}

function openFolder(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (error) {
    const reason = accessAdvice([pidFile(path)]) ?? reasonOf(error);
    throw new UserError(`Cannot open [hub] state "${path}": ${reason}`, { cause: error });
  }
}

/** A file system that knows no locks is no reason to keep a hub from its start. */
function isLocked(folder: Deno.FsFile, path: string): boolean {
  try {
    return folder.tryLockSync(true);
  } catch (error) {
    log.warning("cannot lock the state folder, so a second hub would not be noticed", {
      folder: path,
      reason: reasonOf(error),
    });
    return true;
  }
}

/** ` (process 1234)`, as far as it said so. */
function holderOf(path: string): string {
  try {
    const pid = Number.parseInt(Deno.readTextFileSync(pidFile(path)), 10);
    return Number.isInteger(pid) ? ` (process ${pid})` : "";
  } catch {
    return "";
  }
}

function tellHolder(path: string): void {
  try {
    Deno.writeTextFileSync(pidFile(path), `${Deno.pid}\n`);
    giveToFolder(pidFile(path));
  } catch {
    // The lock holds without it; what is wrong with the folder is told by whoever needs to write there.
  }
}

function pidFile(path: string): string {
  return join(path, "hub.pid");
}
