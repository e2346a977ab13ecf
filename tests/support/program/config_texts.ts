/** Configuration for tests, written as `section.key=value`. */

import assert from "node:assert/strict";
import { decodeConfig } from "../../../core/config/config.ts";
import type { Config, ConfigEntry } from "../../../core/config/settings.ts";
import { RECEIVERS } from "../../../hub/notify/receivers.ts";

/** The machine that contributes to the defaults. */
const MACHINE = { hostname: "john-snow" };

/** `section.key=value` as it might stand in a file, on the line of its place in the list. */
export function fileEntries(...texts: readonly string[]): readonly ConfigEntry[] {
  return texts.map((text, index) => {
    const [, section = "", key = "", value = ""] = /^([^.]*)\.([^=]*)=?(.*)$/.exec(text) ?? [];
    return { section, key, value, where: `config.ini:${index + 1}`, source: "file" };
  });
}

/** A variable. */
export function environmentEntry(section: string, key: string, value: string): ConfigEntry {
  const where = `RPI_CLUSTER_${section}_${key}`.toUpperCase();
  return { section, key, value, where, source: "environment" };
}

/** What texts like `hub.password=winter` decode to. */
export function configOf(...texts: readonly string[]): Config {
  return decoded(fileEntries(...texts));
}

/** What entries decode to. */
export function decoded(entries: readonly ConfigEntry[], machine = MACHINE): Config {
  const result = decodeConfig(entries, machine, RECEIVERS);
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

/** Everything that is wrong, a line each. */
export function issuesOf(entries: readonly ConfigEntry[]): readonly string[] {
  const result = decodeConfig(entries, MACHINE, RECEIVERS);
  assert.ok(!result.ok, "expected issues");
  return result.issues.map(({ where, key, expected, found }) =>
    `${where}: ${key}: expected ${expected}, found ${found}`
  );
}

/** The one issue that an entry has. */
export function issueOf(text: string): string {
  const issues = issuesOf(fileEntries(text));
  assert.equal(issues.length, 1, issues.join("\n"));
  return issues[0] ?? "";
}
