/** The hub's folder of state: the database and the generated secrets, for its own user alone. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../core/config.ts";

const FOLDER_MODE = 0o750;
const SECRET_MODE = 0o600;
/** 128 bits, 22 characters. */
const PASSWORD_BYTES = 16;

/** Makes the folder where there is none. Throws in words for a person. */
export function openStateFolder({ hub: { stateDir } }: Config): void {
  try {
    Deno.mkdirSync(stateDir, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot make [hub] state "${stateDir}": ${reason}`, { cause: error });
  }
}

export function databaseFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "hub.db");
}

/** Where a generated password is kept, for its owner to read. */
export function pagePasswordFile({ hub: { stateDir } }: Config): string {
  return join(stateDir, "password");
}

/** The password of page and API: the configured one, else the one generated at the first start. */
export function pagePassword(config: Config): string {
  if (config.hub.password !== undefined) return config.hub.password;
  const path = pagePasswordFile(config);
  try {
    const password = Deno.readTextFileSync(path).trim();
    if (password !== "") return password;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  Deno.writeTextFileSync(path, `${password}\n`, { mode: SECRET_MODE });
  return password;
}
