/**
 * The page makes its texts of codes: it neither shows nor matches what the hub says in English. So a
 * sentence of the hub may be reworded, and a German reader reads German.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, readSourceFiles, type SourceFile } from "./support/program/source_files.ts";

/** The API's views. The docstring of a field says if it is in English. */
const VIEWS = /^core\/api\/\w+_view\.ts$/;
const ENGLISH_FIELD = /\/\*\*(?:(?!\*\/)[^])*\bin English\b(?:(?!\*\/)[^])*\*\/\s*readonly (\w+)/gi;

/** Where a text is compared with, searched for, or taken apart. */
const COMPARISONS: readonly RegExp[] = [
  /(?:[=!]==|\bcase)\s*["'`][^"'`\n]*[a-z]{2,} [a-z]{2,}/i,
  /["'`][^"'`\n]*[a-z]{2,} [a-z]{2,}[^"'`\n]*["'`]\s*[=!]==/i,
  /\.(?:includes|indexOf|startsWith|endsWith|match|matchAll|search|split|replace|replaceAll)\(\s*["'`/][^)\n]*[a-z]{2,} [a-z]{2,}/i,
  /[=(,:]\s*\/\^?[^/\n*]*[a-z]{2,} [a-z]{2,}[^/\n]*\/[a-z]*[.;,)]/i,
];

/** What of a source of the page reads the fields, or matches a sentence. */
function faultsOf(source: string, fields: readonly string[]): readonly string[] {
  const code = source.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const names = fields.join("|");
  const reads = new RegExp(
    `(?<!\\.)(?:\\?\\.|\\.)(?:${names})\\b(?!\\s*[(:])|\\{[^{}()]*\\b(?:${names})\\b[^{}]*\\}\\s*(?::|=[^=>])|\\["(?:${names})"\\]`,
    "g",
  );
  return [
    // Of the hub's blindness the code is told beside a sentence.
    ...[...code.matchAll(/\bblind\W{1,3}reason\b/g), ...code.matchAll(reads)].map(([found]) =>
      found.replace(/\s+/g, " ")
    ),
    ...code.split("\n").filter((line) => COMPARISONS.some((one) => one.test(line))),
  ];
}

async function englishFields(files: readonly SourceFile[]): Promise<readonly string[]> {
  const views = files.filter(({ path }) => VIEWS.test(path));
  const texts = await Promise.all(
    views.map(({ path }) => Deno.readTextFile(join(PROJECT, path))),
  );
  return texts.flatMap((text) =>
    [...text.matchAll(ENGLISH_FIELD)].flatMap(([, name]) => name ?? [])
  );
}

Deno.test("the page reads no English field of the API, and matches no sentence", async () => {
  const files = await readSourceFiles();
  const fields = await englishFields(files);
  assert.deepEqual([...fields].sort(), ["cause", "last_error", "warnings"]);
  const faults: string[] = [];
  for (const { path } of files) {
    if (!path.startsWith("web/")) continue;
    const source = await Deno.readTextFile(join(PROJECT, path));
    // An error's own message is English, too.
    const found = faultsOf(source, [...fields, "message", "detail"]);
    faults.push(...found.map((one) => `${path}: ${one}`));
  }
  assert.deepEqual(faults, []);
});

Deno.test("whatever way the page would take to the hub's English is found", () => {
  const fields = ["cause", "warnings"];
  const ways = [
    "return incident.cause;",
    "[view.blind?.reason]",
    "const { kind, cause } = incident;",
    "function causeText({ kind, cause }: IncidentView): string {",
    'node["warnings"]',
    "node?.warnings.map(shown)",
    'if (text === "did not come back from a reboot") return 1;',
    'case "it has no connection to the broker":',
    'const FOUND = /^Two machines claim to be "([^"]*)"$/;',
    'if (/no connection/.test(words)) return "x";',
    'words.startsWith("the broker does not")',
  ];
  for (const way of ways) assert.equal(faultsOf(way, fields).length > 0, true, way);
  const good = [
    "causeText(incident)",
    "text(`cause.${reason}`)",
    'import { causeText } from "../words/cause_text.ts";',
    '<p class="row detail">',
    'kind === "duplicate_id"',
  ];
  for (const way of good) assert.deepEqual(faultsOf(way, fields), [], way);
});
