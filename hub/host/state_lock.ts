/** Allows one hub per state folder: two hubs would send every message twice. */

import { join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { giveToFolder } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";

const log = getLog("hub");

/**
 * Locks the state folder for this process until disposed. The kernel releases the lock when the
 * process ends in any way. Throws a `UserError` that names the process that holds it.
 */
export function lockStateFolder({ hub: { stateDir } }: Config): Disposable {
  // The folder itself can be locked even on a read-only file system, where no lock file can be
  // created.
  const folder = openFolder(stateDir);
  try {
    if (!isLocked(folder, stateDir)) {
      throw new UserError(
        `Another hub uses [hub] state "${stateDir}"${holderOf(stateDir)}: stop that one, or give ` +
          `this one a state folder of its own`,
      );
    }
    writeHolder(stateDir);
    return folder;
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** Calls `use` while no hub uses the state folder. Does nothing while one does. */
export function ifStateIsFree({ hub: { stateDir } }: Config, use: () => void): void {
  using folder = openFolder(stateDir);
  if (isLocked(folder, stateDir)) use();
}

function openFolder(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (error) {
    const reason = accessAdvice([pidFile(path)]) ?? reasonOf(error);
    throw new UserError(`Cannot open [hub] state "${path}": ${reason}`, { cause: error });
  }
}

/** A hub may also start on a file system without locks. */
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

/** Returns ` (process 1234)`, or an empty text if the holder is unknown. */
function holderOf(path: string): string {
  try {
    const pid = Number.parseInt(Deno.readTextFileSync(pidFile(path)), 10);
    return Number.isInteger(pid) ? ` (process ${pid})` : "";
  } catch {
    return "";
  }
}

function writeHolder(path: string): void {
  try {
    Deno.writeTextFileSync(pidFile(path), `${Deno.pid}\n`);
    giveToFolder(pidFile(path));
  } catch {
    // The lock works without this file. A program that must write to the folder reports the fault.
  }
}

function pidFile(path: string): string {
  return join(path, "hub.pid");
}
