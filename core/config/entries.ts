/** Selects one entry for each key, and reports entries that have no meaning. */

import { closest } from "../text/spelling.ts";
import {
  CONFIG_KEYS,
  findConfigKey,
  IGNORED_SECTION,
  isChannelSection,
  sectionOf,
} from "./keys.ts";
import type { ConfigEntry, ConfigIssue, ConfigSource } from "./settings.ts";

/** In order of precedence: the first source that contains a key decides its value. */
export const SOURCES: readonly ConfigSource[] = ["environment", "file", "credential"];

/** Longer texts are truncated in an issue. */
const SHOWN_LENGTH_MAX = 60;

/** The entries after precedence is applied, each key once. */
export interface ChosenEntries {
  /** The keys are `section.key` in lower case. */
  readonly entries: ReadonlyMap<string, ConfigEntry>;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Applies precedence. An unknown section, an unknown key and a key given twice in one source are
 * issues.
 */
export function chooseEntries(entries: readonly ConfigEntry[]): ChosenEntries {
  const chosen = new Map<string, ConfigEntry>();
  const issues: ConfigIssue[] = [];
  for (const entry of entries) {
    const section = entry.section.toLowerCase().replace(/ +/g, " ");
    if (section === IGNORED_SECTION) continue;
    const issue = entry.key === "" && entry.problem ? problemOf(entry) : unknownName(entry);
    if (issue) issues.push(issue);
    if (entry.key === "" || !findConfigKey(section, entry.key)) continue;
    const name = `${section}.${entry.key.toLowerCase()}`;
    const other = chosen.get(name);
    if (other?.source === entry.source) {
      issues.push({
        where: entry.where,
        key: keyShown(entry.section, entry.key),
        expected: "it once",
        found: `it at ${other.where} already`,
      });
    } else if (!other || SOURCES.indexOf(entry.source) < SOURCES.indexOf(other.source)) {
      chosen.set(name, entry);
    }
  }
  return { entries: chosen, issues };
}

/** `[section] key`, as issues name it. */
export function keyShown(section: string, key: string): string {
  return [section === "" ? "" : `[${printable(section)}]`, printable(key)].join(" ").trim();
}

/** Quotes, escapes and truncates a text for an issue. */
export function quoted(text: string): string {
  return text === "" ? "an empty value" : `"${printable(text)}"`;
}

function printable(text: string): string {
  const short = text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
  return short.replace(
    /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** The issue of an entry whose value could not be read. */
export function problemOf({ where, section, key, problem }: ConfigEntry): ConfigIssue | undefined {
  return problem && { where, key: keyShown(section, key), ...problem };
}

/** Never shows the value, because a misspelt key such as `pasword` may hold a password. */
function unknownName({ section, key, where }: ConfigEntry): ConfigIssue | undefined {
  if (section === "") {
    if (key === "") return undefined;
    return { where, key, expected: "a section before it, such as [mqtt]", found: "none" };
  }
  const known = sectionOf(section);
  if (known === undefined) {
    // One issue at the section's own line is enough. An issue for each key would hide the others.
    if (key !== "") return undefined;
    return {
      where,
      key: keyShown(section, key),
      expected: expectedSection(section.toLowerCase()),
      found: quoted(section),
    };
  }
  if (key === "" || findConfigKey(section, key)) return undefined;
  const hint = keyHint(known, key.toLowerCase());
  return {
    where,
    key: keyShown(section, key),
    expected: `a known key${hint ? ` (did you mean ${hint}?)` : ""}`,
    found: quoted(key),
  };
}

function expectedSection(section: string): string {
  if (isChannelSection(section)) {
    return "a name of up to 32 lower-case letters, digits and hyphens, such as [channel family], " +
      "that is none of sms, webhook, twilio, print, people and escalation";
  }
  const [word = "", ...name] = section.split(/ +/);
  const known = sectionNames();
  if (name.length > 0 && closest(word, ["channel"]) !== undefined) {
    return `a known section (did you mean [channel ${name.join(" ")}]?)`;
  }
  const hint = closest(section, known);
  return hint
    ? `a known section (did you mean [${hint}]?)`
    : `one of the sections ${known.join(", ")}`;
}

function sectionNames(): readonly string[] {
  const names = new Set(CONFIG_KEYS.map(({ section }) => section));
  return [...names].map((name) => name === "channel" ? "channel NAME" : name);
}

/** The closest key of the section, or the same key in another section. */
function keyHint(section: string, key: string): string | undefined {
  const near = closest(
    key,
    CONFIG_KEYS.filter((known) => known.section === section).map((known) => known.key),
  );
  if (near !== undefined) return near;
  const elsewhere = CONFIG_KEYS.find((known) => known.key === key);
  return elsewhere && `[${elsewhere.section}] ${elsewhere.key}`;
}
