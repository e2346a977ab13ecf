/** Bundles the unit tests of `core/` for Node.js, where there is no Deno to run them. */

import { basename, join } from "node:path";
import { bundleForNode } from "../../../scripts/bundle_node.ts";
import { PROJECT } from "../../../scripts/project.ts";
import { listFiles, parseSource } from "../program/source_files.ts";

/** Makes the tests that have nothing but the core to test into one program; returns its path. */
export async function bundleUnitTests(result: string): Promise<string> {
  const files = (await listFiles()).filter((path) => /^tests\/unit\/.*_test\.ts$/.test(path));
  const ofCore: string[] = [];
  for (const path of files) {
    const { imports } = parseSource(path, await Deno.readTextFile(join(PROJECT, path)));
    const foreign = /^(?:\.\.\/)+(?!core\/|support\/)/;
    const isOfCore = imports.some((name) => name.includes("/core/"));
    if (isOfCore && !imports.some((name) => foreign.test(name))) ofCore.push(path);
  }
  const entry = `${result}.${basename(result, ".mjs")}.ts`;
  const lines = ofCore.map((path) => `import ${JSON.stringify(join(PROJECT, path))};\n`);
  await Deno.writeTextFile(entry, lines.join(""));
  const names = new URL("test_names.ts", import.meta.url).pathname;
  await bundleForNode(entry, result, { names });
  return result;
}
