/** The compiled programs of `dist/`, and the permissions inside them. */

import { join, resolve } from "node:path";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { ownArchitecture } from "../../../scripts/permissions.ts";

const PROJECT = resolve(import.meta.dirname ?? ".", "..", "..", "..");

export type ProgramName = "agent" | "tracker" | "hub";
export type TargetName = "x86_64" | "aarch64";

export const PROGRAM_NAMES: readonly ProgramName[] = ["agent", "tracker", "hub"];
export const TARGET_NAMES: readonly TargetName[] = ["x86_64", "aarch64"];

/** Returns the path that the compile task uses; the file may not exist. */
export function executablePath(program: ProgramName, target: TargetName): string {
  return join(PROJECT, "dist", `${program}-${target}`);
}

/**
 * Returns whether to skip the tests of an executable that was not built. With `CI=true` they always
 * run and fail.
 */
export function isMissing(program: ProgramName, target: TargetName): boolean {
  return Deno.env.get("CI") !== "true" && !isThere(executablePath(program, target));
}

/** Which form of the programs a test uses. */
export interface ProgramForm {
  /** Passed to whatever starts programs. */
  readonly compiled: boolean;
  /** Part of the test's name, so that it says what was tested. */
  readonly name: "compiled" | "from source";
}

/**
 * Returns the executables if all were built. With `CI=true` it always does, and a missing program
 * fails at its start.
 */
export function compiledIfThere(): ProgramForm {
  const target = ownArchitecture();
  const compiled = !PROGRAM_NAMES.some((program) => isMissing(program, target));
  return { compiled, name: compiled ? "compiled" : "from source" };
}

/** Returns the path of this machine's executable. Throws with advice when it was not built. */
export function ownExecutable(program: ProgramName): string {
  const path = executablePath(program, ownArchitecture());
  if (!isThere(path)) throw new Error(`There is no ${path}: run \`./denow task compile\` first`);
  return path;
}

function isThere(path: string): boolean {
  return statIfAny(path)?.isFile === true;
}

/** Deno's own format: `null` is refused, an empty list is unlimited. */
export type BakedPermissions = Readonly<Record<string, readonly string[] | boolean | null>>;

/** Reads the permissions inside an executable. Throws when it has none. */
export async function readPermissions(path: string): Promise<BakedPermissions> {
  const bytes = await Deno.readFile(path);
  // Latin-1 maps each byte to one character, so a plain text search works.
  const text = new TextDecoder("latin1").decode(bytes);
  const start = text.lastIndexOf('"permissions":{');
  const json = /^"permissions":(\{[^{}]*\})/.exec(text.slice(start, start + 8192))?.[1];
  if (json === undefined) throw new Error(`${path} holds no permissions`);
  return JSON.parse(json);
}
