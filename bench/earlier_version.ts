/** An earlier version of the project. Benches compare it with this one in the same run. */

import { join } from "node:path";

/** The commit of that version. */
export const BASELINE = "57323b0";
/** The tree of this version. */
export const HERE = join(import.meta.dirname ?? ".", "..");

/** Extracts the tree of an earlier version into a new folder, with `files` of this version. */
export async function extractEarlier(
  folder: string,
  files: readonly string[],
  commit: string = BASELINE,
): Promise<void> {
  Deno.mkdirSync(folder);
  const archive = join(folder, "tree.tar");
  await run(["git", "archive", "--output", archive, commit], HERE);
  await run(["tar", "--extract", "--file", archive], folder);
  for (const file of files) {
    Deno.mkdirSync(join(folder, file, ".."), { recursive: true });
    Deno.copyFileSync(join(HERE, file), join(folder, file));
  }
}

/** Runs a command to its end and returns what it printed. Throws when it fails. */
export async function run(
  [program = "", ...args]: readonly string[],
  cwd: string,
): Promise<string> {
  const command = new Deno.Command(program, { args, cwd, stderr: "inherit" });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
}
