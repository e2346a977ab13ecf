/** The files of a checkpoint, and their place. */

import { basename, join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { passwordFile } from "../credentials/enrol.ts";
import { TLS_FILES } from "../tls/tls_folder.ts";
import { databaseFile, pagePasswordFile, updateKeyFile } from "../host/state_folder.ts";

/** The file that holds the number of checkpoints that this history has had, as text. */
const NUMBER_FILE = "checkpoint";
export const SECRET_MODE = 0o600;
/** Mosquitto reads the broker's password file by its group. */
const GROUP_MODE = 0o640;

/** A small file of the state folder. It is written to the checkpoint as soon as it changes. */
export interface SmallFile {
  readonly name: string;
  /** The mode in the state folder. In the checkpoint all files have `SECRET_MODE`. */
  readonly mode: number;
}

/** The files of a hub in its state folder and in the folder of its checkpoint, by the same names. */
export interface CheckpointPlace {
  readonly stateDir: string;
  readonly folder: string;
  readonly database: string;
  readonly smallFiles: readonly SmallFile[];
}

/** `undefined` when the hub keeps no checkpoint. */
export function checkpointPlace(config: Config): CheckpointPlace | undefined {
  const { stateDir, checkpointDir: folder } = config.hub;
  if (folder === undefined) return undefined;
  return {
    stateDir,
    folder,
    database: basename(databaseFile(config)),
    smallFiles: [
      { name: basename(pagePasswordFile(config)), mode: SECRET_MODE },
      { name: basename(passwordFile(config)), mode: GROUP_MODE },
      { name: basename(updateKeyFile(config)), mode: SECRET_MODE },
      ...TLS_FILES.map((name) => ({ name, mode: SECRET_MODE })),
    ],
  };
}

/**
 * Returns the number of the checkpoint in a folder. For the state folder it is the number of the
 * latest checkpoint that was made from it or restored into it. Returns 0 when there is none.
 */
export function numberIn(folder: string): number {
  try {
    return numberOf(Deno.readTextFileSync(numberFile(folder)));
  } catch {
    return 0;
  }
}

/** Reads the text of a number file. */
export function numberOf(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

export function numberFile(folder: string): string {
  return join(folder, NUMBER_FILE);
}

/** Returns why the folder of the checkpoint cannot be used; `undefined` when it can. */
export function folderProblem(folder: string): string | undefined {
  try {
    return Deno.statSync(folder).isDirectory ? undefined : "it is no folder";
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return reasonOf(error);
    return `there is no such folder: mount its disk, or make it: sudo install -d -m 700 -o ` +
      `rpi-cluster-alert ${folder}`;
  }
}
