/** `hub restore`: puts a backup in the place of this machine's state. */

import { basename, join, resolve } from "node:path";
import type { BackupManifest } from "../../core/history/backup_manifest.ts";
import type { Config } from "../../core/config/settings.ts";
import { parseRfc3339 } from "../../core/protocol/rfc3339.ts";
import { replaceFile, statIfAny } from "../../io/files/atomic_file.ts";
import type { Options, Subcommand } from "../../io/program/command_line.ts";
import type { Main } from "../../io/program/program.ts";
import { UserError } from "../../io/program/user_error.ts";
import { REPLACED_FOLDER, UNPACKING_FOLDER } from "../backup/state_files.ts";
import { unpackBackup } from "../backup/read_backup.ts";
import { finishRestore, takeOver } from "../backup/take_over.ts";
import { numberFile, numberIn, SECRET_MODE } from "../checkpoint/checkpoint_place.ts";
import { clockText } from "../host/clock_text.ts";
import { databaseFile, openStateFolder } from "../host/state_folder.ts";
import { lockStateFolder } from "../host/state_lock.ts";
import { passphraseFromFile, typedPassphrase } from "./passphrase.ts";

export const restore: Subcommand<Main> = {
  usage: "restore <FILE>",
  description: "Puts a backup in the place of this machine's state; the hub must be stopped.",
  options: [
    { flags: "--passphrase-file <FILE>", description: "where the passphrase of the backup is" },
    { flags: "--replace", description: "also if the state here is newer than the backup" },
    { flags: "--with-config", description: "the configuration in it is taken over, too" },
  ],
  async main({ config, configPath, arguments: [file = ""], options }) {
    openStateFolder(config);
    const { stateDir } = config.hub;
    const database = basename(databaseFile(config));
    using _lock = lockState(config);
    finishRestore(stateDir, database);
    const { manifest, configText } = await unpackBackup({
      path: resolve(file),
      passphrase: () => passphraseOf(options),
    }, {
      into: join(stateDir, UNPACKING_FOLDER),
      database,
      check: (found) => assertOlder(config, found, options),
    });
    const isConfigTaken = configText !== undefined && options.withConfig === true;
    if (isConfigTaken) assertConfigFree(configPath, options);
    takeOver(stateDir, database);
    keepCheckpointNumber(config);
    if (isConfigTaken) replaceFile(configPath, configText, SECRET_MODE);
    for (const line of report(config, manifest)) console.log(line);
    if (configText !== undefined && !isConfigTaken) {
      console.log("Its configuration was not taken over: --with-config does that.");
    }
  },
};

function lockState(config: Config): Disposable {
  try {
    return lockStateFolder(config);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}. First: sudo systemctl stop hub`, { cause: error });
  }
}

async function passphraseOf(options: Options): Promise<string> {
  return passphraseFromFile(options) ?? await typedPassphrase("Passphrase of the backup");
}

/** A state that went on after the backup would lose what has happened since. */
function assertOlder(
  config: Config,
  { createdAt, hostname }: BackupManifest,
  { replace }: Options,
): void {
  if (replace === true) return;
  const file = databaseFile(config);
  const timesMs = [file, `${file}-wal`].map((path) => statIfAny(path)?.mtime?.getTime() ?? 0);
  const stateMs = Math.max(...timesMs);
  const backupMs = parseRfc3339(createdAt) ?? 0;
  if (stateMs <= backupMs) return;
  const [state, made] = [stateMs, backupMs].map((ms) => clockText(ms, Date.now()));
  throw new UserError(
    `[hub] state "${config.hub.stateDir}" is newer (${state}) than the backup of ${hostname} ` +
      `(${made}): to lose what it has since then, add --replace`,
  );
}

function assertConfigFree(path: string, { replace }: Options): void {
  if (replace === true || statIfAny(path) === undefined) return;
  throw new UserError(`"${path}" is there already: to replace it, add --replace`);
}

/** The restored history goes on where the one of the checkpoint ends, and may overwrite it. */
function keepCheckpointNumber({ hub: { checkpointDir, stateDir } }: Config): void {
  if (checkpointDir === undefined) return;
  const number = Math.max(numberIn(checkpointDir), numberIn(stateDir));
  replaceFile(numberFile(stateDir), `${number}\n`, SECRET_MODE);
}

function report(config: Config, manifest: BackupManifest): readonly string[] {
  const { stateDir } = config.hub;
  const made = clockText(parseRfc3339(manifest.createdAt) ?? 0, Date.now());
  const replaced = join(stateDir, REPLACED_FOLDER);
  const isReplaced = [...Deno.readDirSync(replaced)].length > 0;
  return [
    `Restored the state of ${manifest.hostname}, ${made}: ` +
    manifest.files.map(({ name }) => name).join(", "),
    ...isReplaced ? [`What was here before is in ${replaced}`] : [],
    "Now: sudo systemctl start hub. The Pis find it by the name or address that they know.",
  ];
}
