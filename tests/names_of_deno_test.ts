/** Holds what stands in for Deno on Node.js to what agent and tracker use of Deno. */

import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { Deno as names } from "../node/deno_names.ts";
import { readSourceFiles, type SourceFile } from "./support/program/source_files.ts";

/** A value, also of a group such as `Deno.errors`. Types begin with a capital letter, classes too. */
const USED = /(new )?\bDeno\.((?:build|env|errors|permissions|stdin|stderr)\.\w+|\w+)/g;

const files = new Map((await readSourceFiles()).map((file) => [file.path, file]));
const sources = reachedFrom("agent.ts", "tracker.ts");

Deno.test("bundles for Node.js have each name of Deno that agent and tracker use, and no other", () => {
  assert.ok(sources.length > 200, `${sources.length} files were found`);
  const used = new Set(sources.flatMap(({ code }) => namesIn(code)));
  assert.deepEqual(namesOf(names).toSorted(), [...used].toSorted());
});

Deno.test("bundles for Node.js add nothing to the language that agent and tracker do not use", async () => {
  const text = await Deno.readTextFile("node/polyfill.ts");
  const added = [...text.matchAll(/^provide\(.*, "(\w+)", .*$/gm)].map(([, name = ""]) => name);
  assert.ok(added.length > 10, added.join(", "));
  const code = sources.map((source) => source.code).join("\n");
  // Each `await using` needs it.
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  assert.deepEqual(added.filter((name) => !isUsed(name)), []);
});

function namesIn(code: string): readonly string[] {
  return [...code.matchAll(USED)].flatMap(([, isNew, name = ""]) => {
    const isType = /^[A-Z]/.test(name) && isNew === undefined;
    // A whole stream is passed on, of which the names that are used stand elsewhere.
    return isType || name === "stderr" ? [] : [name];
  });
}

/** The names of functions and values, and those of groups with their group's. */
function namesOf(owner: object, prefix = ""): readonly string[] {
  return Object.entries(owner).flatMap(([name, value]) => {
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup ? namesOf(value, `${prefix}${name}.`) : [`${prefix}${name}`];
  });
}

function reachedFrom(...programs: readonly string[]): readonly SourceFile[] {
  const reached = new Set(programs);
  for (const path of reached) {
    for (const name of files.get(path)?.imports ?? []) {
      if (name.startsWith(".")) reached.add(normalize(join(dirname(path), name)));
    }
  }
  return [...reached].flatMap((path) => files.get(path) ?? []);
}
