/** The folder of the nightly backups. */

import { join } from "node:path";
import { backupDay } from "../../core/history/backup_plan.ts";
import type { Config } from "../../core/config/settings.ts";
import { BACKUPS_FOLDER } from "./state_files.ts";

/**
 * `[hub] backups`, or a folder beside the state. A state that does not outlive a boot has its backups
 * beside its checkpoint. `undefined` when the owner wants none.
 */
export function backupsFolder({ hub }: Pick<Config, "hub">): string | undefined {
  const { backups, checkpointDir, stateDir } = hub;
  if (backups === "none") return undefined;
  return backups ?? join(checkpointDir ?? stateDir, BACKUPS_FOLDER);
}

export interface NightlyBackup {
  readonly name: string;
  /** When it was written, in wall-clock time. */
  readonly atMs: number;
}

/** Oldest first, by their days; none without the folder. Throws when it cannot be read. */
export async function backupsIn(folder: string): Promise<readonly NightlyBackup[]> {
  const found: NightlyBackup[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || backupDay(name) === undefined) continue;
      const { mtime } = await Deno.stat(join(folder, name));
      found.push({ name, atMs: mtime?.getTime() ?? 0 });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.toSorted((a, b) => a.name < b.name ? -1 : 1);
}
