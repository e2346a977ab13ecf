/** The project's own source files as text: their imports and identifiers. */

import { join, relative, resolve } from "node:path";

/** The project's folder, absolute. */
export const PROJECT = resolve(import.meta.dirname ?? ".", "..", "..", "..");

/** Folders without hand-written files. */
const SKIPPED = new Set([".git", ".deno", "build", "dist", "state"]);

export interface SourceFile {
  /** Relative to the project's folder, with slashes. */
  readonly path: string;
  /** The specifiers of all its imports and re-exports, static and dynamic. */
  readonly imports: readonly string[];
  /** The text without comments and without the content of quotes. */
  readonly code: string;
}

/**
 * Comments and three kinds of quotes, in this order, because each may contain the others'
 * characters.
 */
const COMMENT_OR_STRING =
  /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** `deno fmt` starts a static import at the margin and quotes with `"`. */
const STATIC_IMPORT = /^(?:import|export)\b[^;"]*"([^"\n]+)"/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*"([^"\n]+)"/g;

/** Reads one file's text as source; `path` is relative to the project's folder. */
export function parseSource(path: string, text: string): SourceFile {
  // Text inside other quotes that looks like an import belongs to a test.
  const uncommented = text.replace(
    COMMENT_OR_STRING,
    (found) => found.startsWith('"') ? found : "",
  );
  const statics = uncommented.matchAll(STATIC_IMPORT).filter(([whole]) => isImport(whole));
  const specifiers = [...statics, ...uncommented.matchAll(DYNAMIC_IMPORT)].map(([, name]) => name);
  return {
    path,
    imports: specifiers.filter((name) => name !== undefined),
    code: text.replace(COMMENT_OR_STRING, ""),
  };
}

/** Every TypeScript file of the project. Needs permission to read the project's folder. */
export async function readSourceFiles(): Promise<SourceFile[]> {
  const paths = (await listFiles(PROJECT)).filter((path) => /\.tsx?$/.test(path));
  return await Promise.all(
    paths.map(async (path) => parseSource(path, await Deno.readTextFile(join(PROJECT, path)))),
  );
}

/** Returns the paths of all files of the project, relative to its folder. */
export async function listFiles(folder = PROJECT): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && !SKIPPED.has(entry.name)) paths.push(...await listFiles(path));
    if (entry.isFile) paths.push(relative(PROJECT, path));
  }
  return paths.sort();
}

/** `export const NAME = "..."` has a quote as well, but imports nothing. */
function isImport(statement: string): boolean {
  return statement.startsWith("import") || /\bfrom\s*"/.test(statement);
}
