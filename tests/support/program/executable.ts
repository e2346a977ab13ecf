/** The compiled programs of `dist/`, and what is written into them. */

import { join, resolve } from "node:path";
import { ownArchitecture } from "../../../scripts/permissions.ts";

const PROJECT = resolve(import.meta.dirname ?? ".", "..", "..", "..");

export type ProgramName = "agent" | "tracker" | "hub";
export type TargetName = "x86_64" | "aarch64";

export const PROGRAM_NAMES: readonly ProgramName[] = ["agent", "tracker", "hub"];
export const TARGET_NAMES: readonly TargetName[] = ["x86_64", "aarch64"];

/** Where the compile task puts it; whether it did is another question. */
export function executablePath(program: ProgramName, target: TargetName): string {
  return join(PROJECT, "dist", `${program}-${target}`);
}

/**
 * Whether its tests are to be left out: when it was not made. Never with `CI=true`, where its
 * absence is to fail.
 */
export function isMissing(program: ProgramName, target: TargetName): boolean {
  return Deno.env.get("CI") !== "true" && !isThere(executablePath(program, target));
}

/** What of this machine's programs a story is told with. */
export interface Telling {
  /** For whatever starts programs. */
  readonly compiled: boolean;
  /** For the story's name: it says what was proven. */
  readonly name: "compiled" | "from source";
}

/**
 * The executables, unless one was not made. With `CI=true` always: then what starts a program that
 * is not there throws.
 */
export function compiledIfThere(): Telling {
  const target = ownArchitecture();
  const compiled = !PROGRAM_NAMES.some((program) => isMissing(program, target));
  return { compiled, name: compiled ? "compiled" : "from source" };
}

/** The path of this machine's executable; throws, with the remedy, when it was not made. */
export function ownExecutable(program: ProgramName): string {
  const path = executablePath(program, ownArchitecture());
  if (!isThere(path)) throw new Error(`There is no ${path}: run \`./denow task compile\` first`);
  return path;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Deno's own record: `null` is refused, an empty list is unlimited. */
export type BakedPermissions = Readonly<Record<string, readonly string[] | boolean | null>>;

/** Reads the permissions that were baked into an executable. Throws when it holds none. */
export async function readPermissions(path: string): Promise<BakedPermissions> {
  const bytes = await Deno.readFile(path);
  // Latin-1 keeps one character for each byte, so a search is a plain one.
  const text = new TextDecoder("latin1").decode(bytes);
  const start = text.lastIndexOf('"permissions":{');
  const json = /^"permissions":(\{[^{}]*\})/.exec(text.slice(start, start + 8192))?.[1];
  if (json === undefined) throw new Error(`${path} holds no permissions`);
  return JSON.parse(json);
}
