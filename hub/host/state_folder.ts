/**
 * The hub's state folder with the database and the generated secrets, accessible for its own user
 * only.
 */

import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { replaceFile, statIfAny } from "../../io/files/atomic_file.ts";
import { accessAdvice, userNamed } from "../../io/files/file_access.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";

const FOLDER_MODE = 0o750;
const SECRET_MODE = 0o600;
/** 128 bits, 22 characters. */
const PASSWORD_BYTES = 16;

/** systemd's folder for the states of services. */
const SERVICE_STATES = "/var/lib/";
const HUB_SERVICE_USER = "rpi-cluster-alert";

const log = getLog("hub");

/** Creates the folder if necessary. Throws a `UserError` when that fails. */
export function openStateFolder({ hub: { stateDir } }: Config): void {
  try {
    if (statIfAny(stateDir)?.isDirectory) return;
    Deno.mkdirSync(stateDir, { recursive: true, mode: FOLDER_MODE });
    giveToHub(stateDir);
  } catch (error) {
    const what = `Cannot make [hub] state "${stateDir}"`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Root may run a command before the first start of the hub, whose user must use the folder then. */
function giveToHub(stateDir: string): void {
  if (!resolve(stateDir).startsWith(SERVICE_STATES) || Deno.statSync(stateDir).uid !== 0) return;
  const hub = userNamed(HUB_SERVICE_USER);
  if (hub !== undefined) Deno.chownSync(stateDir, hub.uid, hub.gid);
}

export function databaseFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "hub.db");
}

/** Returns the path of the password file, for the embedded broker and for Mosquitto. */
export function passwordFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "passwd");
}

/** Returns the file of the key that signs what Pis may install from this hub. */
export function updateKeyFile({ hub: { stateDir } }: Pick<Config, "hub">): string {
  return join(stateDir, "update.key");
}

/** Returns the file of a generated password, which its owner can read. */
export function pagePasswordFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "password");
}

/**
 * Returns the password of page and API: the configured one, or else one that was generated at the
 * first start. If the file is unreadable or the disk does not accept it, nobody can log in to the
 * page, but alerts must still work. Throws a `UserError` for any other problem with the file.
 */
export function pagePassword(config: Config): string {
  if (config.hub.password !== undefined) return config.hub.password;
  const path = pagePasswordFile(config);
  try {
    return keptPassword(path) ?? newPassword(path);
  } catch (error) {
    const advice = accessAdvice([path]);
    if (advice !== undefined || error instanceof Deno.errors.PermissionDenied || isStorage(error)) {
      log.error("cannot use the page's password, so nobody can log in to the page", {
        reason: advice ?? reasonOf(error),
      });
      return randomPassword();
    }
    const what = `Cannot keep the page's password in "${path}"`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Returns the password of a hub that has run before. Throws a `UserError` when there is none. */
export function knownPagePassword(config: Config): string {
  if (config.hub.password !== undefined) return config.hub.password;
  const path = pagePasswordFile(config);
  const what = `Cannot read the page's password in "${path}"`;
  let password: string | undefined;
  try {
    password = keptPassword(path);
  } catch (error) {
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
  if (password === undefined) throw new UserError(`${what}: no hub has run with this [hub] state`);
  return password;
}

function keptPassword(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim() || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function newPassword(path: string): string {
  const password = randomPassword();
  replaceFile(path, `${password}\n`, SECRET_MODE);
  return password;
}

function randomPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}

/** The disk is full, read-only or failing. */
function isStorage(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    ["ENOSPC", "EROFS", "EIO", "EDQUOT"].includes(String(error.code));
}
