/** Configuration for tests, written as `section.key=value`. */

import assert from "node:assert/strict";
import { decodeConfig } from "../../../core/config/config.ts";
import type { Config, ConfigEntry } from "../../../core/config/settings.ts";
import { RECEIVERS } from "../../../hub/notify/receivers.ts";

/** The machine for the defaults. */
const MACHINE = { hostname: "john-snow" };

/** Returns `section.key=value` texts as entries of a file, one line each. */
export function fileEntries(...texts: readonly string[]): readonly ConfigEntry[] {
  return texts.map((text, index) => {
    const [, section = "", key = "", value = ""] = /^([^.]*)\.([^=]*)=?(.*)$/.exec(text) ?? [];
    return { section, key, value, where: `config.ini:${index + 1}`, source: "file" };
  });
}

/** Returns an environment variable as an entry. */
export function environmentEntry(section: string, key: string, value: string): ConfigEntry {
  const where = `RPI_CLUSTER_${section}_${key}`.toUpperCase();
  return { section, key, value, where, source: "environment" };
}

/** Decodes texts like `hub.password=winter`. */
export function configOf(...texts: readonly string[]): Config {
  return decoded(fileEntries(...texts));
}

/** Decodes entries. */
export function decoded(entries: readonly ConfigEntry[], machine = MACHINE): Config {
  const result = decodeConfig(entries, machine, RECEIVERS);
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

/** Returns all issues, one line each. */
export function issuesOf(entries: readonly ConfigEntry[]): readonly string[] {
  const result = decodeConfig(entries, MACHINE, RECEIVERS);
  assert.ok(!result.ok, "expected issues");
  return result.issues.map(({ where, key, expected, found }) =>
    `${where}: ${key}: expected ${expected}, found ${found}`
  );
}

/** Returns the only issue of an entry. */
export function issueOf(text: string): string {
  const issues = issuesOf(fileEntries(text));
  assert.equal(issues.length, 1, issues.join("\n"));
  return issues[0] ?? "";
}
