/** `hub backup`: one file with everything that another machine needs to go on as this hub. */

import { resolve } from "node:path";
import { CONFIG_NAME } from "../../core/history/backup_manifest.ts";
import { bytesText } from "../../core/doctor/disk_check.ts";
import type { Config } from "../../core/config/settings.ts";
import { statIfAny } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import type { Options, Subcommand } from "../../io/program/command_line.ts";
import type { Main } from "../../io/program/program.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { turn } from "../../io/time/turn.ts";
import { writeBackup } from "../backup/write_backup.ts";
import { databaseFile } from "../host/state_folder.ts";
import { copyDatabase } from "../store/database/database_copy.ts";
import { assertStrong, newPassphrase, PASSPHRASE_FILE, passphraseFromFile } from "./passphrase.ts";

const SECRET_FILE = /^\s*\w+_file\s*=\s*(\S.*?)\s*$/gm;

export const backup: Subcommand<Main> = {
  usage: "backup <FILE>",
  description:
    "Writes the hub's state with its credentials and keys into one file; the hub may run.",
  options: [
    PASSPHRASE_FILE,
    { flags: "--passphrase", description: "encrypts it with a passphrase that you type" },
    { flags: "--with-config", description: "the configuration, with its secrets, is in it, too" },
  ],
  async main({ config, configPath, arguments: [file = ""], options, stop }) {
    const database = databaseFile(config);
    assertThere(database);
    const passphrase = await passphraseOf(options);
    const configText = options.withConfig === true ? readConfig(configPath) : undefined;
    const path = resolve(file);
    const { bytes, names } = await explained(path, config, () =>
      writeBackup({
        config,
        path,
        configText,
        passphrase,
        nowMs: Date.now(),
        async copyDatabase(copy) {
          for (const _ of copyDatabase(database, copy)) {
            await turn();
            stop.throwIfAborted();
          }
        },
      }));
    console.log(`${path}: ${bytesText(bytes)}, with ${names.join(", ")}`);
    for (const remark of remarks(passphrase, configText)) console.error(remark);
  },
};

/** SQLite would create it. */
function assertThere(database: string): void {
  let isThere: boolean;
  try {
    isThere = statIfAny(database) !== undefined;
  } catch (error) {
    throw new UserError(accessAdvice([database]) ?? reasonOf(error), { cause: error });
  }
  if (!isThere) {
    throw new UserError(`There is no "${database}": no hub has run with this [hub] state`);
  }
}

async function passphraseOf(options: Options): Promise<string | undefined> {
  const passphrase = passphraseFromFile(options) ??
    (options.passphrase === true ? await newPassphrase() : undefined);
  if (passphrase !== undefined) assertStrong(passphrase);
  return passphrase;
}

function readConfig(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new UserError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

async function explained<T>(path: string, config: Config, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const reason = accessAdvice([databaseFile(config)]) ?? reasonOf(error);
    throw new UserError(`Cannot write the backup "${path}": ${reason}`, { cause: error });
  }
}

function remarks(passphrase: string | undefined, config: string | undefined): readonly string[] {
  const elsewhere = [...(config ?? "").matchAll(SECRET_FILE)].map(([, path]) => path);
  return [
    ...passphrase === undefined
      ? ["It is not encrypted: whoever has it can speak for every Pi. --passphrase encrypts it."]
      : [],
    ...elsewhere.length > 0
      ? [`Not in it are the files that ${CONFIG_NAME} names: ${elsewhere.join(", ")}`]
      : [],
  ];
}
