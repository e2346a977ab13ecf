/** Checks whether other users can read the passwords of a configuration. */

import { isSecretKey } from "../../core/config/keys.ts";
import type { ConfigEntry } from "../../core/config/settings.ts";
import { readConfigEntries } from "./config_file.ts";

/** The read bit for "others" in a file's mode. */
const READ_BY_OTHERS = 0o004;

/** Returns the secrets that a configuration holds, directly or in files that it names. */
export function secretsIn(path: string): readonly ConfigEntry[] {
  return readConfigEntries(path, { explicit: false }).filter(({ section, key, value }) =>
    value !== "" && isSecretKey(section, key)
  );
}

/** Returns whether every user of this machine may read the file. */
export function isOpenToAll(path: string): boolean {
  try {
    return ((Deno.statSync(path).mode ?? 0) & READ_BY_OTHERS) !== 0;
  } catch {
    return false;
  }
}

/** `[sms] auth_token, [hub] password`. */
export function secretsShown(secrets: readonly ConfigEntry[]): string {
  return secrets.map(({ section, key }) => `[${section}] ${key}`).join(", ");
}
