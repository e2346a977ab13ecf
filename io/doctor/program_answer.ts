/** What another program of the machine answers to a doctor. */

/**
 * Returns the program's standard output; `undefined` if it is missing, may not be run, or has not
 * ended within `withinMs`. Needs `--allow-run` for `path`.
 */
export async function programAnswer(
  path: string,
  args: readonly string[],
  withinMs: number,
): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(path, {
      args: [...args],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(withinMs),
    }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return undefined;
  }
}
