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

/** The section that may occur several times, each time with a name: `[channel family]`. */
const CHANNEL_SECTION = "channel";
const CHANNEL_NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
/** Names of channels and routes that have no section of their own. */
const TAKEN_NAMES: ReadonlySet<string> = new Set([
  "sms",
  "webhook",
  "twilio",
  "print",
  "people",
  "escalation",
]);

/** The keys of `[channel NAME]`. */
export type ChannelKey = keyof (typeof CONFIG_SECTIONS)["channel"] & string;

type Section = keyof typeof CONFIG_SECTIONS & string;

/** `section.key` of every key, so that a misspelt key in the code does not compile. */
export type ConfigKeyName =
  | {
    [S in Exclude<Section, "channel">]: `${S}.${keyof (typeof CONFIG_SECTIONS)[S] & string}`;
  }[Exclude<Section, "channel">]
  | `channel ${string}.${ChannelKey}`;

/** All keys as a list, in the order of docs/configuration.md. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(CONFIG_SECTIONS).flatMap(
  ([section, keys]) => Object.entries<KeyRow>(keys).map(([key, row]) => ({ section, key, ...row })),
);

/** The keys of `[channel NAME]`, without the section. */
export const CHANNEL_KEYS = Object.keys(CONFIG_SECTIONS.channel) as readonly ChannelKey[];

/** The table's section for a section as written: `channel` for `[channel family]`. */
export function sectionOf(written: string): string | undefined {
  const section = written.toLowerCase();
  if (channelName(section) !== undefined) return CHANNEL_SECTION;
  return section !== CHANNEL_SECTION && section in CONFIG_SECTIONS ? section : undefined;
}

/** The name in `channel NAME`; `undefined` for any other section, and for an invalid name. */
export function channelName(section: string): string | undefined {
  const [, name = ""] = /^channel +(\S+)$/.exec(section.toLowerCase()) ?? [];
  return CHANNEL_NAME_PATTERN.test(name) && !TAKEN_NAMES.has(name) ? name : undefined;
}

/** Whether a section is a channel's section, with a valid name or not. */
export function isChannelSection(section: string): boolean {
  return /^channel(?:\s|$)/i.test(section);
}

/** Finds the key with that name in any letter case. */
export function findConfigKey(section: string, key: string): ConfigKey | undefined {
  const known = sectionOf(section);
  return CONFIG_KEYS.find((one) => one.section === known && one.key === key.toLowerCase());
}

/** The typed name of a key from its parts. Throws for a key that does not exist. */
export function keyName(section: string, key: string): ConfigKeyName {
  if (findConfigKey(section, key) === undefined) throw new Error(`No key ${section}.${key}`);
  return `${section}.${key}` as ConfigKeyName;
}

/** Whether a key's value is never shown. */
export function isSecretKey(section: string, key: string): boolean {
  return findConfigKey(section, key)?.secret ?? false;
}

/**
 * The environment variable that overrides a key: `RPI_CLUSTER_MQTT_URL`,
 * `RPI_CLUSTER_CHANNEL_FAMILY_TOKEN`.
 */
export function environmentName(section: string, key: string): string {
  return `RPI_CLUSTER_${section.replace(/[ -]+/g, "_")}_${key}`.toUpperCase();
}

/** The systemd credential of a secret: `webhook.token`, `channel.family.token`. */
export function credentialName(section: string, key: string): string {
  return `${section.replace(/ +/g, ".")}.${key}`;
}

/** Variables that systemd sets and the programs read. */
const SYSTEMD_ENVIRONMENT_NAMES = [
  "CREDENTIALS_DIRECTORY",
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "STATE_DIRECTORY",
] as const;

/**
 * Every variable that configuration and log read. The programs get permission for these only.
 * People choose the names of channels, so variables of channels are permitted by their prefix.
 */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...fixedKeys().map(({ section, key }) => environmentName(section, key)),
  ...fixedKeys().filter(({ secret }) => secret).map(({ section, key }) => {
    return environmentName(section, key + FILE_SUFFIX);
  }),
  `${environmentName(CHANNEL_SECTION, "")}*`,
  ...SYSTEMD_ENVIRONMENT_NAMES,
];

/** The keys of all sections that occur once. */
export function fixedKeys(): readonly ConfigKey[] {
  return CONFIG_KEYS.filter(({ section }) => section !== CHANNEL_SECTION);
}

/** The keys of the channels with these names, with their sections as written. */
export function channelKeys(names: readonly string[]): readonly ConfigKey[] {
  const keys = CONFIG_KEYS.filter(({ section }) => section === CHANNEL_SECTION);
  return names.flatMap((name) => keys.map((key) => ({ ...key, section: `channel ${name}` })));
}

/** The table of docs/configuration.md, in Markdown. */
export function configurationTable(): string {
  const rows: string[] = ["| section | key | default | meaning |", "| --- | --- | --- | --- |"];
  let section = "";
  for (const known of CONFIG_KEYS) {
    const title = known.section === CHANNEL_SECTION ? "channel NAME" : known.section;
    const first = known.section === section ? "" : `\`${title}\` `;
    const twin = known.secret ? `, \`${known.key}${FILE_SUFFIX}\`` : "";
    const shown = known.defaultShown ?? (known.default ? `\`${known.default}\`` : "none");
    section = known.section;
    rows.push(`| ${first}| \`${known.key}\`${twin} | ${shown} | ${known.meaning} |`);
  }
  return rows.join("\n") + "\n";
}
