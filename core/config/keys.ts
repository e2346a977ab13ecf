/** What reader, documents and permissions ask about the keys of `config.ini`. */

import { CONFIG_SECTIONS, type KeyRow } from "./rows.ts";

export interface ConfigKey extends KeyRow {
  readonly section: string;
  readonly key: string;
}

/** A section of the project's predecessor that is skipped whole, whatever stands in it. */
export const IGNORED_SECTION = "app";

/** What the name of the key that names a secret's file ends in. */
export const FILE_SUFFIX = "_file";

/** `section.key` of every key: a misspelt one in the code does not compile. */
export type ConfigKeyName = {
  [S in keyof typeof CONFIG_SECTIONS & string]: `${S}.${
    & keyof (typeof CONFIG_SECTIONS)[S]
    & string}`;
}[keyof typeof CONFIG_SECTIONS & string];

/** The same as a list. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(CONFIG_SECTIONS).flatMap(
  ([section, keys]) => Object.entries<KeyRow>(keys).map(([key, row]) => ({ section, key, ...row })),
);

/** The key of that name in any letter case. */
export function findConfigKey(section: string, key: string): ConfigKey | undefined {
  return CONFIG_KEYS.find((known) =>
    known.section === section.toLowerCase() && known.key === key.toLowerCase()
  );
}

/** The keys whose values are never shown. */
export function secretKeys(): readonly ConfigKey[] {
  return CONFIG_KEYS.filter((key) => key.secret);
}

/** The variable that overrides a key: `RPI_CLUSTER_MQTT_URL`. */
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

/** Every variable that configuration and log read: what the programs are allowed to see. */
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
