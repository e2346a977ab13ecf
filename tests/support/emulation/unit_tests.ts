/** Bundles the unit tests of `core/` for Node.js, where there is no Deno to run them. */

import { dirname, join, normalize } from "node:path";
import { bundleForNode } from "../../../scripts/bundle_node.ts";
import { PROJECT } from "../../../scripts/project.ts";
import { readSourceFiles, type SourceFile } from "../program/source_files.ts";

/** What tests of the core alone reach, themselves or by what they import. */
const OF_CORE = /^(?:core|tests\/support|tests\/unit)\//;

/** Makes the tests that reach nothing but the core into one program; returns its path. */
export async function bundleUnitTests(result: string): Promise<string> {
  const files = new Map((await readSourceFiles()).map((file) => [file.path, file]));
  const isTest = (path: string) => /^tests\/unit\/.*_test\.ts$/.test(path);
  const ofCore = [...files.keys()].filter(isTest).filter((path) => {
    const reached = reachedFrom(path, files);
    return reached.some((one) => one.startsWith("core/")) &&
      reached.every((one) => OF_CORE.test(one));
  });
  const entry = `${result}.ts`;
  const lines = ofCore.map((path) => `import ${JSON.stringify(join(PROJECT, path))};\n`);
  await Deno.writeTextFile(entry, lines.join(""));
  const names = new URL("test_names.ts", import.meta.url).pathname;
  await bundleForNode(entry, result, { names });
  return result;
}

function reachedFrom(path: string, files: ReadonlyMap<string, SourceFile>): readonly string[] {
  const reached = new Set([path]);
  for (const one of reached) {
    for (const name of files.get(one)?.imports ?? []) {
      if (name.startsWith(".")) reached.add(normalize(join(dirname(one), name)));
    }
  }
  return [...reached];
}
