/** The files of a state folder that are in a backup: all but those of one run or one machine. */

import { basename, join } from "node:path";
import { isBackupPath } from "../../core/history/backup_manifest.ts";
import type { Config } from "../../core/config/settings.ts";
import { databaseFile } from "../host/state_folder.ts";

/** Folders with whole states, which a backup must not contain again. */
export const BACKUPS_FOLDER = "backups";
/** Where a restored state waits until it is complete and checked, and until it has taken its place. */
export const UNPACKING_FOLDER = "restore.part";
export const RESTORED_FOLDER = "restore";
/** Where the state goes that a restored one has replaced. */
export const REPLACED_FOLDER = "replaced";

const OWN_FOLDERS: ReadonlySet<string> = new Set([
  BACKUPS_FOLDER,
  UNPACKING_FOLDER,
  RESTORED_FOLDER,
  REPLACED_FOLDER,
]);

/**
 * The process, its socket, the checkpoint's number, the last address of a broker; what SQLite, a
 * repair or an interrupted write have left.
 */
const OF_ONE_RUN =
  /^(?:hub\.pid|checkpoint|broker-address\.json|doctor-.*|.*\.sock|.*\.part|hub\.db[-.].*|.*\.[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** A file of a state folder with its permissions. */
export interface StateFile {
  /** Relative to the folder: `passwd`, `tls/ca.key`. */
  readonly name: string;
  readonly path: string;
  readonly mode: number;
}

/** Sorted by name, without the database. Throws when the folder cannot be read. */
export async function smallStateFiles(config: Config): Promise<readonly StateFile[]> {
  const { stateDir } = config.hub;
  const database = basename(databaseFile(config));
  const files = (await filesIn(stateDir, "")).filter(({ name }) => name !== database);
  const foreign = files.find(({ name }) => !isBackupPath(name));
  if (foreign !== undefined) {
    throw new Error(`"${foreign.path}" cannot be in a backup by that name`);
  }
  return files.toSorted((a, b) => a.name < b.name ? -1 : 1);
}

/** The names of the same files, for a program that does nothing else meanwhile. */
export function smallStateNames(
  stateDir: string,
  database: string,
  prefix = "",
): readonly string[] {
  return [...Deno.readDirSync(join(stateDir, prefix))].flatMap(({ name, isFile, isDirectory }) => {
    if (isDirectory && prefix === "" && !OWN_FOLDERS.has(name)) {
      return smallStateNames(stateDir, database, `${name}/`);
    }
    return isFile && !OF_ONE_RUN.test(name) && prefix + name !== database ? [prefix + name] : [];
  });
}

async function filesIn(folder: string, prefix: string): Promise<readonly StateFile[]> {
  const files: StateFile[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && prefix === "" && !OWN_FOLDERS.has(name)) {
      files.push(...await filesIn(path, `${name}/`));
    }
    if (!isFile || OF_ONE_RUN.test(name)) continue;
    const { mode } = await Deno.stat(path);
    files.push({ name: prefix + name, path, mode: (mode ?? 0o600) & 0o777 });
  }
  return files;
}
