/** What the decisions use of the language: no more than Node.js 18 has, and what bundles add. */

import assert from "node:assert/strict";
import { join } from "node:path";
import settings from "../../deno.json" with { type: "json" };
import { PROJECT } from "../../scripts/project.ts";
import { runCommand } from "../support/program/command.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";

/** All that a tracker decides, and what the doctors of agent and tracker find. */
const DECISIONS = [
  "core/alarm/tracker_machine.ts",
  "core/config/config.ts",
  "core/doctor/node_checks.ts",
  "core/protocol/wire_encoding.ts",
  "core/protocol/ways.ts",
];

/** What Node.js 18 has beside ECMAScript 2022, and what `node/polyfill.ts` adds. */
const BESIDE = `
interface Array<T> {
  findLast(isIt: (item: T) => unknown): T | undefined;
  toSorted(compare?: (a: T, b: T) => number): T[];
}
interface ReadonlyArray<T> {
  findLast(isIt: (item: T) => unknown): T | undefined;
  toSorted(compare?: (a: T, b: T) => number): T[];
}
interface String {
  isWellFormed(): boolean;
  toWellFormed(): string;
}
interface IteratorObject<T, TReturn, TNext> {
  some(isIt: (item: T) => unknown): boolean;
}
interface MapConstructor {
  groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]>;
}
`;

Deno.test("the decisions need no newer language than Node.js 18 has with what bundles add", async () => {
  using folder = new TemporaryFolder();
  folder.write("beside.d.ts", BESIDE);
  const config = folder.write(
    "deno.json",
    JSON.stringify({
      compilerOptions: {
        ...settings.compilerOptions,
        lib: ["es2022"],
        types: ["./beside.d.ts"],
      },
      imports: settings.imports,
    }),
  );
  const { code, stderr } = await runCommand(Deno.execPath(), {
    args: [
      "check",
      "--no-lock",
      "--config",
      config,
      ...DECISIONS.map((path) => join(PROJECT, path)),
    ],
    cwd: PROJECT,
  });
  assert.equal(code, 0, stderr);
});
