/**
 * The keys of `config.ini` as a list and as types, for the reader, the documents and the
 * permissions.
 */

import { CONFIG_SECTIONS, type KeyRow } from "./rows.ts";

export interface ConfigKey extends KeyRow {
  readonly section: string;
  readonly key: string;
}

/** A section of the project's predecessor. Its entries are ignored without an issue. */
export const IGNORED_SECTION = "app";

/** The suffix of the key that names the file of a secret. */
export const FILE_SUFFIX = "_file";

/** `section.key` of every key, so that a misspelt key in the code does not compile. */
export type ConfigKeyName = {
  [S in keyof typeof CONFIG_SECTIONS & string]: `${S}.${
    & keyof (typeof CONFIG_SECTIONS)[S]
    & string}`;
}[keyof typeof CONFIG_SECTIONS & string];

/** All keys as a list, in the order of docs/configuration.md. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(CONFIG_SECTIONS).flatMap(
  ([section, keys]) => Object.entries<KeyRow>(keys).map(([key, row]) => ({ section, key, ...row })),
);

/** Finds the key with that name in any letter case. */
export function findConfigKey(section: string, key: string): ConfigKey | undefined {
  return CONFIG_KEYS.find((known) =>
    known.section === section.toLowerCase() && known.key === key.toLowerCase()
  );
}

/** The keys whose values are never shown. */
export function secretKeys(): readonly ConfigKey[] {
  return CONFIG_KEYS.filter((key) => key.secret);
}

/** The environment variable that overrides a key, such as `RPI_CLUSTER_MQTT_URL`. */
export function environmentName(section: string, key: string): string {
  return `RPI_CLUSTER_${section}_${key}`.toUpperCase();
}

/** Variables that systemd sets and the programs read. */
const SYSTEMD_ENVIRONMENT_NAMES = [
  "CREDENTIALS_DIRECTORY",
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "STATE_DIRECTORY",
] as const;

/** Every variable that configuration and log read. The programs get permission for these only. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...CONFIG_KEYS.map(({ section, key }) => environmentName(section, key)),
  ...secretKeys().map(({ section, key }) => environmentName(section, key + FILE_SUFFIX)),
  ...SYSTEMD_ENVIRONMENT_NAMES,
];

/** The table of docs/configuration.md, in Markdown. */
export function configurationTable(): string {
  const rows: string[] = ["| section | key | default | meaning |", "| --- | --- | --- | --- |"];
  let section = "";
  for (const known of CONFIG_KEYS) {
    const first = known.section === section ? "" : `\`${known.section}\` `;
    const twin = known.secret ? `, \`${known.key}${FILE_SUFFIX}\`` : "";
    const shown = known.defaultShown ?? (known.default ? `\`${known.default}\`` : "none");
    section = known.section;
    rows.push(`| ${first}| \`${known.key}\`${twin} | ${shown} | ${known.meaning} |`);
  }
  return rows.join("\n") + "\n";
}
