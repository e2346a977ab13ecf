/** Keeps the house tidy: who may import whom, how full a room is, and which words the core does without. */

import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import config from "../deno.json" with { type: "json" };
import {
  FILES_MAX,
  FREE,
  HOMES,
  IMPORT_TABLE,
  PROGRAMS,
  ROOMS,
} from "./support/program/house_rules.ts";
import {
  listFiles,
  parseSource,
  readSourceFiles,
  type SourceFile,
} from "./support/program/source_files.ts";

/** The core has no wall clock, no randomness and no waiting. */
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

Deno.test("a room imports from those below it alone", () => {
  const wrong = Object.entries(ROOMS).flatMap(([house, rooms]) =>
    files.filter(({ path }) => path.startsWith(`${house}/`)).flatMap((file) => {
      const place = rooms.indexOf(dirname(file.path));
      if (place < 0) return [`${file.path} stands in no room`];
      return ours(file).filter((target) => rooms.indexOf(dirname(target)) > place)
        .map((target) => `${file.path} imports ${target}`);
    })
  );
  assert.deepEqual(wrong, []);
});

Deno.test("no imports run in a circle, not even those of types", () => {
  assert.deepEqual(circles(files), []);
});

Deno.test("a folder is one idea of few files", async () => {
  const folders = Map.groupBy(await listFiles(), dirname);
  const full = [...folders].filter(([, { length }]) => length > FILES_MAX)
    .map(([folder, { length }]) => `${folder} holds ${length} files`);
  assert.deepEqual(full, []);
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
  // `node/` has the function by which ffi/ loads them there.
  const wrong = files.filter(({ path, code }) =>
    !isFree(path) && !/^(?:ffi|node)\//.test(path) && /\bdlopen\b/.test(code)
  );
  assert.deepEqual(wrong.map(({ path }) => path), []);
});

Deno.test("the core has no wall clock, no randomness and no waiting", () => {
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

Deno.test("a circle is found, whoever is part of it", () => {
  const file = (path: string, ...imports: string[]): SourceFile => ({ path, imports, code: "" });
  const found = circles([
    file("core/first.ts", "./second.ts"),
    file("core/second.ts", "./third.ts", "./fourth.ts"),
    file("core/third.ts", "./second.ts"),
    file("core/fourth.ts"),
  ]);
  assert.deepEqual(found, ["core/second.ts > core/third.ts > core/second.ts"]);
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
  const row = Object.keys(IMPORT_TABLE).find((place) => covers(place, file.path));
  if (row === undefined) return [`${file.path} stands in no row of the table`];
  const allowed = [...IMPORT_TABLE[row] ?? [], ...row.endsWith("/") ? [row] : []];
  return [...ours(file), ...foreign(file)]
    .filter((target) => !allowed.some((place) => covers(place, target)))
    .map((target) => `${file.path} imports ${target}`);
}

/** Each circle once, as the way around it. */
function circles(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map((file) => [file.path, ours(file)]));
  const found: string[] = [];
  const isDone = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(" > "));
    if (start >= 0 || isDone.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    isDone.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
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
