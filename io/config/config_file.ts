/** Collects the configuration from the environment, `config.ini` and systemd's credentials. */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { decodeConfig } from "../../core/config/config.ts";
import { chooseEntries, keyShown } from "../../core/config/entries.ts";
import {
  channelKeys,
  channelName,
  type ConfigKey,
  credentialName,
  environmentName,
  FILE_SUFFIX,
  fixedKeys,
  isSecretKey,
} from "../../core/config/keys.ts";
import type { ChannelKind } from "../../core/config/needs.ts";
import { parseCertificates } from "../../core/config/values.ts";
import type {
  Config,
  ConfigEntry,
  ConfigIssue,
  ConfigSource,
  MachineDefaults,
} from "../../core/config/settings.ts";
import { readSmallFile, type SmallFile } from "../files/small_file.ts";
import { redact } from "../log/redaction.ts";
import { parseConfigText } from "./config_text.ts";
import { installedStateFolder } from "./installed_state.ts";

export const CONFIG_FOLDER = "/etc/rpi-cluster-alert";
export const DEFAULT_CONFIG_PATH = `${CONFIG_FOLDER}/config.ini`;

const FILE_BYTES_MAX = 64 * 1024;
const SECRET_BYTES_MAX = 4 * 1024;
/** Larger than the file of all public certificate authorities. */
const CA_BYTES_MAX = 1024 * 1024;

/** Further issues are only counted: such a file is probably not a configuration at all. */
const ISSUES_SHOWN_MAX = 50;

/** Everything that is wrong with the configuration. The message has one line for each issue. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.slice(0, ISSUES_SHOWN_MAX).map(formatIssue);
    if (issues.length > lines.length) lines.push(`... and ${issues.length - lines.length} more`);
    super(lines.join("\n"));
    this.issues = issues;
  }
}

/** `config.ini:12: [cluster] dead_after: expected a duration such as 4s, found "4"`. */
function formatIssue({ where, key, expected, found }: ConfigIssue): string {
  return `${where}: ${key === "" ? "" : `${key}: `}expected ${expected}, found ${found}`;
}

export interface LoadOptions {
  readonly path: string;
  /** The user named this file, so it must exist. */
  readonly explicit: boolean;
  readonly environment?: Environment;
  /** The kinds of channels. Absent for a program that sends no messages. */
  readonly kinds?: readonly ChannelKind[];
}

/** Reads one variable. */
export type Environment = (name: string) => string | undefined;

/**
 * Returns the configuration file to read when the user names none: `NAME.ini` if it exists, so that
 * a hub can hide its secrets from the agent beside it, otherwise the `config.ini` that all three
 * programs share.
 */
export function defaultConfigPath(program: string, folder = CONFIG_FOLDER): string {
  const own = `${folder}/${program}.ini`;
  try {
    Deno.lstatSync(own);
    return own;
  } catch {
    // If this user cannot search the folder, the shared file is unreadable too, and that is
    // reported.
    return `${folder}/config.ini`;
  }
}

/**
 * Loads the configuration and registers its secrets, so that they never appear in the log. The
 * order of precedence is environment, file, credential, default.
 *
 * @throws {ConfigError} with every issue
 */
export function loadConfig(options: LoadOptions): Config {
  const environment = options.environment ?? ((name) => Deno.env.get(name));
  const lines = readConfigEntries(options.path, options);
  const keys = keysBeside(lines);
  const entries = [
    ...readEnvironmentEntries(environment, keys),
    ...lines,
    ...readCredentialEntries(environment, keys.filter(({ secret }) => secret)),
  ];
  for (const { section, key, value } of entries) if (isSecretKey(section, key)) redact(value);
  const defaults = machineDefaults(environment, options);
  const result = decodeConfig(entries, defaults, options.kinds);
  const issues = [...(result.ok ? [] : result.issues), ...authorityIssues(entries)];
  if (!result.ok || issues.length > 0) throw new ConfigError(issues);
  return result.config;
}

/** Reports each bad CA file at the line that names it, and a bad certificate. */
function authorityIssues(entries: readonly ConfigEntry[]): readonly ConfigIssue[] {
  const chosen = [...chooseEntries(entries).entries.values()];
  return chosen.flatMap((entry) => {
    const key = entry.key.toLowerCase();
    return key === "ca_file" ? caFileIssue(entry) : key === "ca" ? caIssue(entry) : [];
  });
}

/** Deno would refuse it only at the first connection. */
function caIssue({ section, key, value, where }: ConfigEntry): readonly ConfigIssue[] {
  const certificates = parseCertificates(value);
  if (!certificates.ok) return []; // it has its own issue
  if (certificates.value.split(",").every(isAuthority)) return [];
  const expected = "the certificate of an authority, as `rpi-cluster-hub enrol` prints it";
  return [{ where, key: keyShown(section, key), expected, found: "something else" }];
}

function isAuthority(base64: string): boolean {
  try {
    return new X509Certificate(Buffer.from(base64, "base64")).ca;
  } catch {
    return false;
  }
}

function caFileIssue(entry: ConfigEntry): readonly ConfigIssue[] {
  if (!entry.value) return [];
  const file = readSmallFile(entry.value, CA_BYTES_MAX);
  if (file.kind === "text" && file.text.includes("-----BEGIN CERTIFICATE-----")) return [];
  return [{
    where: entry.where,
    key: keyShown(entry.section, entry.key),
    expected: "a readable file with a PEM certificate in it",
    found: file.kind === "text" ? "one without a certificate" : file.found,
  }];
}

/**
 * Reads the lines of a `config.ini` and the secret files that it names. A missing file has no
 * lines.
 */
export function readConfigEntries(
  path: string,
  options: { readonly explicit: boolean },
): readonly ConfigEntry[] {
  const file = readSmallFile(path, FILE_BYTES_MAX);
  if (file.kind === "missing" && !options.explicit) return [];
  if (file.kind !== "text") {
    const problem = { expected: "a readable file", found: file.found };
    return [{ section: "", key: "", value: "", where: path, source: "file", problem }];
  }
  return parseConfigText(file.text, path).map(followSecretFile);
}

/** The keys that may come from outside the file. Only the file can name channels. */
function keysBeside(lines: readonly ConfigEntry[]): readonly ConfigKey[] {
  const names = new Set(lines.flatMap(({ section }) => channelName(section) ?? []));
  return [...fixedKeys(), ...channelKeys([...names])];
}

function readEnvironmentEntries(
  environment: Environment,
  keys: readonly ConfigKey[],
): readonly ConfigEntry[] {
  const twins = keys.filter(({ secret }) => secret).map(({ section, key }) => {
    return { section, key: key + FILE_SUFFIX };
  });
  const entries: ConfigEntry[] = [];
  for (const { section, key } of [...keys, ...twins]) {
    const where = environmentName(section, key);
    const value = environment(where);
    // Docker Compose passes unset variables as empty strings.
    if (!value) continue;
    entries.push(followSecretFile({ section, key, value, where, source: "environment" }));
  }
  return entries;
}

function readCredentialEntries(
  environment: Environment,
  secrets: readonly ConfigKey[],
): readonly ConfigEntry[] {
  const directory = environment("CREDENTIALS_DIRECTORY");
  if (!directory) return [];
  const entries: ConfigEntry[] = [];
  for (const { section, key } of secrets) {
    const where = `${directory}/${credentialName(section, key)}`;
    const file = readSmallFile(where, SECRET_BYTES_MAX);
    if (file.kind !== "missing") entries.push(secretEntry(section, key, where, "credential", file));
  }
  return entries;
}

/** Replaces a `password_file` entry by the `password` that the file holds. */
function followSecretFile(entry: ConfigEntry): ConfigEntry {
  const { section, key, value, where, source } = entry;
  const isTwin = key.toLowerCase().endsWith(FILE_SUFFIX);
  const secret = isTwin ? key.toLowerCase().slice(0, -FILE_SUFFIX.length) : "";
  if (!isSecretKey(section, secret)) return entry;
  const file = readSmallFile(value, SECRET_BYTES_MAX);
  return secretEntry(section, secret, where, source, file);
}

function secretEntry(
  section: string,
  key: string,
  where: string,
  source: ConfigSource,
  file: SmallFile,
): ConfigEntry {
  // Whitespace around a value is ignored, as in the configuration itself, because nobody can see
  // it.
  const text = file.kind === "text" ? file.text.trim() : "";
  const lines = text.split("\n").length;
  if (text !== "" && lines === 1) return { section, key, value: text, where, source };
  const contents = text === "" ? "an empty one" : `one of ${lines} lines`;
  const found = file.kind === "text" ? contents : file.found;
  const problem = { expected: "a readable file with the secret in it", found };
  return { section, key, value: "", where, source, problem };
}

function machineDefaults(environment: Environment, { path }: LoadOptions): MachineDefaults {
  // systemd separates several directories by colons; our unit asks for one.
  const stateDirectory = environment("STATE_DIRECTORY")?.split(":")[0] ||
    installedStateFolder(path, CONFIG_FOLDER);
  const hostname = Deno.hostname();
  return stateDirectory ? { hostname, stateDirectory } : { hostname };
}
