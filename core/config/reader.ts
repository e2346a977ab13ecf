/** Reads keys one by one and collects every issue, so that a person sees all of them at once. */

import type { Parsed, Parser } from "../text/parser.ts";
import { chooseEntries, keyShown, problemOf, quoted } from "./entries.ts";
import {
  channelName,
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigKeyName,
  findConfigKey,
} from "./keys.ts";
import type { ConfigEntry, ConfigIssue } from "./settings.ts";

/** The place that an issue names for a key that nobody wrote. */
const NOWHERE = "configuration";

export class ConfigReader {
  readonly #entries: ReadonlyMap<string, ConfigEntry>;
  readonly #issues: ConfigIssue[];
  /** The index of each place among the entries. */
  readonly #places: ReadonlyMap<string, number>;
  /** The names of channels, in the order in which they stand. */
  readonly channels: readonly string[];
  readonly #bad = new Set<ConfigKeyName>();

  constructor(entries: readonly ConfigEntry[]) {
    const chosen = chooseEntries(entries);
    this.#entries = chosen.entries;
    this.#issues = [...chosen.issues];
    this.#places = new Map(entries.map(({ where }, index) => [where, index]));
    this.channels = [...new Set(entries.flatMap(({ section }) => channelName(section) ?? []))];
  }

  /** All issues, in the order of the file. */
  get issues(): readonly ConfigIssue[] {
    const place = ({ where }: ConfigIssue) => this.#places.get(where) ?? Infinity;
    return this.#issues.toSorted((a, b) => place(a) - place(b) || 0);
  }

  /** Whether any of the keys has an issue. If so, a comparison of their values would mislead. */
  isBad(...names: readonly ConfigKeyName[]): boolean {
    return names.some((name) => this.#bad.has(name));
  }

  /** The entry that decides a key. */
  entry(name: ConfigKeyName): ConfigEntry | undefined {
    return this.#entries.get(name);
  }

  /** Whether the key has a value, valid or not. An invalid value has its own issue already. */
  isWritten(name: ConfigKeyName): boolean {
    const entry = this.entry(name);
    return entry !== undefined && (entry.value !== "" || entry.problem !== undefined);
  }

  /**
   * Reads a key that has a default. After an issue it returns the default, so that reading
   * continues.
   */
  withDefault<T>(name: ConfigKeyName, parse: Parser<T>): T {
    const given = this.#parse(name, parse);
    if (given?.ok) return given.value;
    const fallback = parse(keyOf(name).default ?? "");
    if (!fallback.ok) throw new Error(`The default of ${name} is invalid: ${fallback.expected}`);
    return fallback.value;
  }

  /** Reads a key that may be absent. An empty value counts as absent. */
  optional<T>(name: ConfigKeyName, parse: Parser<T>): T | undefined {
    const entry = this.entry(name);
    return entry?.value === "" && !entry.problem ? undefined : this.given(name, parse);
  }

  /** Reads a key that may be absent but not empty. */
  given<T>(name: ConfigKeyName, parse: Parser<T>): T | undefined {
    const given = this.#parse(name, parse);
    return given?.ok ? given.value : undefined;
  }

  /** `undefined` when nobody wrote the key, or when its value could not be read. */
  #parse<T>(name: ConfigKeyName, parse: Parser<T>): Parsed<T> | undefined {
    const entry = this.entry(name);
    if (!entry) return undefined;
    const problem = problemOf(entry);
    if (problem) {
      this.#bad.add(name);
      this.#issues.push(problem);
      return undefined;
    }
    const parsed = parse(entry.value);
    if (!parsed.ok) {
      const shown = keyOf(name).secret ? "something else" : quoted(entry.value);
      this.report(name, parsed.expected, parsed.found ?? shown);
    }
    return parsed;
  }

  /** Adds an issue about a key. Its place is the key's own entry, or that of the key `because`. */
  report(name: ConfigKeyName, expected: string, found: string, because = name): void {
    const where = (this.entry(name) ?? this.entry(because))?.where ?? NOWHERE;
    this.#bad.add(name);
    const { section, key } = keyOf(name);
    this.#issues.push({ where, key: keyShown(section, key), expected, found });
  }
}

function keyOf(name: ConfigKeyName): ConfigKey {
  const [section = "", key = ""] = name.split(".");
  const known = findConfigKey(section, key);
  if (!known) throw new Error(`No key ${name} among ${CONFIG_KEYS.length}`);
  return { ...known, section };
}

/** Copies an object without the properties that are `undefined`. */
export function present<T extends object>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
