/** One of the project's programs as a real process that a test starts, reads, signals and ends. */

import { type Deadline, until, within } from "../time/until.ts";
import { commandOf, type ProgramChoice } from "./runtimes.ts";

/** The log lines that an error shows. */
const LINES_SHOWN = 30;
/** Variables of the test's own environment that would configure a program. */
const UNWANTED =
  /^(RPI_CLUSTER_.*|JOURNAL_STREAM|INVOCATION_ID|NOTIFY_SOCKET|WATCHDOG_.*|(STATE|RUNTIME|CREDENTIALS)_DIRECTORY)$/;

export interface ProcessOptions extends ProgramChoice {
  readonly args: readonly string[];
  /** A command that becomes the program: `["ip", "netns", "exec", NAME]`. */
  readonly through?: readonly string[];
}

/** One run of a program, from its start to its end. It ends with the test in any case. */
export class ProgramProcess implements AsyncDisposable {
  /** Its output so far, stdout and stderr, without line ends. */
  readonly lines: string[] = [];
  readonly pid: number;
  /** Its exit status, once all its lines are here. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #program: ProgramChoice["program"];
  readonly #child: Deno.ChildProcess;
  #status: Deno.CommandStatus | undefined;

  constructor(options: ProcessOptions) {
    this.#program = options.program;
    this.#child = spawn(options);
    this.pid = this.#child.pid;
    const texts = [this.#collect(this.#child.stdout), this.#collect(this.#child.stderr)];
    this.ended = this.#child.status.then(async (status) => {
      this.#status = status;
      await Promise.all(texts);
      return status;
    });
  }

  get hasEnded(): boolean {
    return this.#status !== undefined;
  }

  /**
   * Returns the first line that contains `what`, starting at line number `from` (default 0, the
   * first line). To wait for the effect of an action, take `lines.length` before the action.
   */
  async line(
    what: string | RegExp,
    { from = 0, ...deadline }: Deadline & { readonly from?: number } = {},
  ): Promise<string> {
    const matches = (line: string) =>
      typeof what === "string" ? line.includes(what) : what.test(line);
    return await this.until(`the line ${what}`, () => {
      const line = this.lines.slice(from).find(matches);
      if (line === undefined && this.hasEnded) throw new Error("it has ended");
      return line;
    }, deadline);
  }

  /** Like `until`, with the end of the program's log in the error. */
  async until<T>(
    what: string,
    condition: () => T | undefined | null | false | Promise<T | undefined | null | false>,
    deadline: Deadline = {},
  ): Promise<T> {
    try {
      return await until(what, condition, deadline);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const log = this.lines.slice(-LINES_SHOWN).join("\n  ");
      throw new Error(`${this.#program}: ${reason}; it said:\n  ${log}`, { cause: error });
    }
  }

  /** SIGSTOP freezes it, SIGCONT continues it. Throws when it has ended. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Asks it to end, and waits until it has; SIGKILL gives it no chance to say anything. */
  async end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<Deno.CommandStatus> {
    if (!this.hasEnded) this.#child.kill(signal);
    return await within(`${this.#program} to end by ${signal}`, this.ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
    }
    if (rest !== "") this.lines.push(rest);
  }
}

function spawn({ args, through = [], ...choice }: ProcessOptions): Deno.ChildProcess {
  return new Deno.Command("setpriv", {
    // Not TERM, because a frozen program would survive it.
    args: ["--pdeathsig", "KILL", ...through, ...commandOf(choice), ...args],
    env: environment(),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function environment(): Record<string, string> {
  const entries = Object.entries(Deno.env.toObject());
  return Object.fromEntries(entries.filter(([name]) => !UNWANTED.test(name)));
}
