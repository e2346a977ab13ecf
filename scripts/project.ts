/** The project's folder, and its own Deno as a command there. */

import { resolve } from "node:path";

/** The project's folder, absolute. */
export const PROJECT = resolve(import.meta.dirname ?? ".", "..");

/** The settings of a command beside its arguments. */
export interface CommandSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** `inherit` shows the command's output; `null` hides it. */
  readonly stdout?: "inherit" | "null";
}

/**
 * Runs the Deno that runs this script, in the project's folder, with the arguments given.
 *
 * Throws an `Error` that names the command when it fails; its stderr is passed through.
 */
export async function runDeno(
  args: readonly string[],
  settings: CommandSettings = {},
): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: PROJECT,
    env: { ...settings.env },
    stdin: "null",
    stdout: settings.stdout ?? "inherit",
    stderr: "inherit",
  });
  const { code } = await command.output();
  if (code !== 0) throw new Error(`"deno ${args.join(" ")}" ended with status ${code}`);
}
