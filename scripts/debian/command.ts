/** Runs the commands that packages are made with. */

/** Returns what the command prints. Throws, with its own words, when it fails. */
export async function run(command: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new Error(`"${command} ${args.join(" ")}" failed: ${decoder.decode(stderr)}`);
}
