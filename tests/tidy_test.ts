/** Keeps the house tidy: who may import whom, and which words the core does without. */

import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import config from "../deno.json" with { type: "json" };
import {
  listFiles,
  parseSource,
  readSourceFiles,
  type SourceFile,
} from "./support/program/source_files.ts";

/**
 * Who may import whom: ours by folder or file, foreign by the name in the import map. What stands
 * for a file itself comes before what stands for its folder. Everyone may import its own folder.
 */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  "agent.ts": ["core/", "io/", "vitals/", "node:"],
  "tracker.ts": ["core/", "io/", "ffi/", "tracker/", "vitals/boot_id.ts", "node:"],
  // What only the tracker does.
  "tracker/": ["core/", "io/", "ffi/", "node:"],
  "core/": ["valibot", "fastest-levenshtein", "ipaddr.js"],
  "ffi/": [],
  "vitals/": ["io/program/process.ts", "node:"],
  "io/": ["core/", "mqtt", "js-ini", "@logtape/logtape", "commander", "node:"],
  // The feed, and the words it is written in.
  "web/": [
    ...[
      "core/api/feed.ts",
      "core/history/history.ts",
      "core/detection/liveness.ts",
      "core/api/session_view.ts",
    ],
    ...["core/alerting/notification.ts", "core/text/plain_text.ts", "core/protocol/vitals.ts"],
    ...["preact", "@preact/signals", "uplot"],
  ],
  "hub/": [
    ...["core/", "io/", "vitals/boot_id.ts", "vitals/leave.ts", "vitals/open_files.ts"],
    ...["hono", "aedes", "twilio", "prom-client", "node:"],
  ],
  "scripts/": ["core/", "ffi/library.ts", "esbuild", "node:"],
};

/** These may import anything but a program. */
const FREE = ["tests/", "bench/"];

/** Nobody imports a program: it is started. */
const PROGRAMS = ["agent.ts", "tracker.ts", "hub/main.ts"];

/** Foreign names live in one place each, beside tests and benches. */
const HOMES: Readonly<Record<string, RegExp>> = {
  "mqtt": /^io\/mqtt_session\.ts$/,
  "js-ini": /^io\/config_text\.ts$/,
  "@logtape/logtape": /^io\//,
  "commander": /^io\//,
  "aedes": /^hub\/aedes\.ts$/,
  "hono": /^hub\/(app\.ts|http\/.*)$/,
  "node:sqlite": /^hub\/store(\.ts|_.*|\/.*)$/,
  "prom-client": /^hub\//,
  "uplot": /^web\/charts\/plot\.ts$/,
  "twilio": /^hub\/notify\/twilio\.ts$/,
  "valibot": /^core\//,
  "ipaddr.js": /^core\/network\/address\.ts$/,
  "fastest-levenshtein": /^core\/spelling\.ts$/,
  "esbuild": /^scripts\/(bundle|node_timers)\.ts$/,
};

/** The core knows no calendar, no chance and no waiting. */
const BANNED_IN_CORE = /\b(Date|Math\.random|async|await|Promise)\b/;

const files = await readSourceFiles();

Deno.test("every import is one that the table allows", () => {
  assert.ok(files.length > 0, "no source file was found");
  assert.deepEqual(files.flatMap(forbiddenImports), []);
});

Deno.test("nothing imports a program, and only tests and benches import tests and benches", () => {
  const wrong = files.flatMap((file) =>
    ours(file).filter((target) =>
      PROGRAMS.includes(target) || (!isFree(file.path) && isFree(target))
    ).map((target) => `${file.path} imports ${target}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("every relative import leads to a file", async () => {
  const all = new Set(await listFiles());
  const wrong = files.flatMap((file) =>
    ours(file).filter((target) => !all.has(target))
      .map((target) => `${file.path} imports ${target}, which is not there`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("foreign code comes by its name in the import map, in an exact version", () => {
  const names = Object.keys(config.imports);
  const wrong = files.flatMap((file) =>
    foreign(file).filter((name) => !name.startsWith("node:") && !names.some((n) => covers(n, name)))
      .map((name) => `${file.path} imports ${name}`)
  );
  assert.deepEqual(wrong, []);
  for (const [name, specifier] of Object.entries(config.imports)) {
    assert.match(specifier, /^npm:\/?(@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+\/?$/, name);
  }
});

Deno.test("each foreign name lives in its own place", () => {
  const wrong = files.filter((file) => !isFree(file.path)).flatMap((file) =>
    foreign(file).flatMap((name) => {
      const home = Object.entries(HOMES).find(([known]) => covers(known, name))?.[1];
      return !home || home.test(file.path) ? [] : [`${file.path} imports ${name}`];
    })
  );
  assert.deepEqual(wrong, []);
});

Deno.test("foreign libraries are loaded in ffi/ and nowhere else", () => {
  const wrong = files.filter(({ path, code }) =>
    !isFree(path) && !path.startsWith("ffi/") && /\bdlopen\b/.test(code)
  );
  assert.deepEqual(wrong.map(({ path }) => path), []);
});

Deno.test("the core knows no calendar, no chance and no waiting", () => {
  const core = files.filter(({ path }) => path.startsWith("core/"));
  assert.ok(core.length > 0, "the core was not found");
  const wrong = core.flatMap(({ path, code }) => {
    const word = BANNED_IN_CORE.exec(code)?.[0];
    return word === undefined ? [] : [`${path} says ${word}`];
  });
  assert.deepEqual(wrong, []);
});

Deno.test("there is no package.json and no node_modules", async () => {
  const wrong = (await listFiles()).filter((path) =>
    /(^|\/)(package\.json$|node_modules\/)/.test(path)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("the table's keeper sees each way to break it", () => {
  const text = [
    "// Date",
    'import { a } from "../io/time/clock.ts";',
    "import {",
    "  b,",
    '} from "mqtt";',
    'export * from "npm:left-pad@1.3.0";',
    'export const quoted = "import";',
    'const late = await import("https://example.org/x.ts");',
    'const text = "Math.random async";',
    "const now = Date.now();",
  ].join("\n");
  const file = parseSource("core/bad.ts", text);
  assert.deepEqual(file.imports, [
    "../io/time/clock.ts",
    "mqtt",
    "npm:left-pad@1.3.0",
    "https://example.org/x.ts",
  ]);
  assert.equal(forbiddenImports(file).length, 4);
  assert.equal(BANNED_IN_CORE.exec(file.code)?.[0], "await");
  assert.equal(file.code.includes("Math.random"), false);
});

function forbiddenImports(file: SourceFile): string[] {
  if (isFree(file.path)) return [];
  const row = Object.keys(TABLE).find((place) => covers(place, file.path));
  if (row === undefined) return [`${file.path} stands in no row of the table`];
  const allowed = [...TABLE[row] ?? [], ...row.endsWith("/") ? [row] : []];
  return [...ours(file), ...foreign(file)]
    .filter((target) => !allowed.some((place) => covers(place, target)))
    .map((target) => `${file.path} imports ${target}`);
}

/** The project's files that a file imports, relative to the project's folder. */
function ours(file: SourceFile): string[] {
  return file.imports.filter((name) => name.startsWith("."))
    .map((name) => normalize(join(dirname(file.path), name)));
}

function foreign(file: SourceFile): string[] {
  return file.imports.filter((name) => !name.startsWith("."));
}

/** Whether a row, a folder or a package's name stands for a path or a specifier. */
function covers(place: string, target: string): boolean {
  if (place.endsWith("/") || place.endsWith(":")) return target.startsWith(place);
  return target === place || target.startsWith(`${place}/`);
}

function isFree(path: string): boolean {
  return FREE.some((folder) => path.startsWith(folder));
}
