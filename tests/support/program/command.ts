/** Runs a command to its end and returns its output. */

export interface CommandSettings {
  readonly args?: readonly string[];
  /** The whole environment. Default: this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Throws only when the command cannot be started. */
export async function runCommand(
  command: string,
  settings: CommandSettings = {},
): Promise<CommandOutcome> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...settings.args ?? []],
    ...settings.env === undefined ? {} : { env: { ...settings.env }, clearEnv: true },
    ...settings.cwd === undefined ? {} : { cwd: settings.cwd },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
