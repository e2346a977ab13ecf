/** Whether the passwords of a configuration lie open. */

import { secretKeys } from "../../core/config/keys.ts";
import type { ConfigEntry } from "../../core/config/settings.ts";
import { readConfigEntries } from "./config_file.ts";

/** "Others" of a file's mode. */
const READ_BY_OTHERS = 0o004;

/** The secrets that stand in a configuration, or in files that it names. */
export function secretsIn(path: string): readonly ConfigEntry[] {
  const names = new Set(secretKeys().map(({ section, key }) => `${section}.${key}`));
  return readConfigEntries(path, { explicit: false }).filter(({ section, key, value }) =>
    value !== "" && names.has(`${section}.${key}`.toLowerCase())
  );
}

/** Whether every user of this machine may read the file. */
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
