/** The hub's folder of state: the database and the generated secrets, for its own user alone. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../core/config.ts";
import { reasonOf, UserError } from "../io/user_error.ts";

const FOLDER_MODE = 0o750;
const SECRET_MODE = 0o600;
/** 128 bits, 22 characters. */
const PASSWORD_BYTES = 16;

/** Makes the folder where there is none. Throws a `UserError` when it cannot. */
export function openStateFolder({ hub: { stateDir } }: Config): void {
  try {
    Deno.mkdirSync(stateDir, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    const what = `Cannot make [hub] state "${stateDir}"`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

export function databaseFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "hub.db");
}

/** Where a generated password is kept, for its owner to read. */
export function pagePasswordFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "password");
}

/**
 * The password of page and API: the configured one, else the one generated at the first start.
 * Throws a `UserError` when that cannot be read or kept.
 */
export function pagePassword(config: Config): string {
  if (config.hub.password !== undefined) return config.hub.password;
  const path = pagePasswordFile(config);
  try {
    return keptPassword(path) ?? newPassword(path);
  } catch (error) {
    const what = `Cannot keep the page's password in "${path}"`;
    throw new UserError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The password of a hub that has been started before. Throws a `UserError` when there is none. */
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
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  Deno.writeTextFileSync(path, `${password}\n`, { mode: SECRET_MODE });
  return password;
}
