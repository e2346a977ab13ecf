/**
 * Does one thing again and again until it is killed: `backup STATE FILE` writes a backup, and
 * `restore STATE FILE...` puts one of the backups after the other in the state's place.
 */

import { join } from "node:path";
import type { Config } from "../../../core/config/settings.ts";
import { UNPACKING_FOLDER } from "../../../hub/backup/state_files.ts";
import { unpackBackup } from "../../../hub/backup/read_backup.ts";
import { finishRestore, takeOver } from "../../../hub/backup/take_over.ts";
import { writeBackup } from "../../../hub/backup/write_backup.ts";
import { copyDatabase } from "../../../hub/store/database/database_copy.ts";

const DATABASE = "hub.db";
const [what, stateDir = "", ...files] = Deno.args;

async function backUp(path: string): Promise<void> {
  await writeBackup({
    config: { hub: { stateDir } } as Config,
    path,
    nowMs: Date.now(),
    copyDatabase: (copy) => {
      for (const _ of copyDatabase(join(stateDir, DATABASE), copy));
      return Promise.resolve();
    },
  });
}

async function restore(path: string): Promise<void> {
  finishRestore(stateDir, DATABASE);
  const passphrase = () => Promise.reject(new Error("it has none"));
  await unpackBackup({ path, passphrase }, {
    into: join(stateDir, UNPACKING_FOLDER),
    database: DATABASE,
    check: () => {},
  });
  takeOver(stateDir, DATABASE);
}

for (let round = 0;; round++) {
  const path = files[round % files.length] ?? "";
  await (what === "backup" ? backUp(path) : restore(path));
  console.log(round);
}
