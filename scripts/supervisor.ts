/** Runs several programs as children of this process: their lines pass through, they end together. */

import { Lifeline } from "./lifeline.ts";

/** However they take it, all children have ended this long after they were asked to. */
const END_MS_MAX = 1_800;

/** Of those, what the last one (which the others still talk to) has for itself. */
const LAST_MS = 800;

/** Longest line that is passed on whole. */
const LINE_LENGTH_MAX = 16_384;

/** What it takes to run a child. */
export interface ChildSettings {
  /** Stands before each line that the child prints. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** A child that runs, or ran. */
export interface Child {
  readonly name: string;
  /** When it has ended and all its lines are passed on. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Sends a signal; to a child that has ended, nothing. */
  signal(signal: Deno.Signal): void;
}

/** Owns children. Disposing of it ends them: the first that was started ends last. */
export class Supervisor implements AsyncDisposable {
  readonly #lifeline = new Lifeline();
  readonly #children = new Set<Child>();
  readonly #print: (line: string) => void;
  readonly #nameLength: number;

  constructor(print: (line: string) => void, nameLength: number) {
    this.#print = print;
    this.#nameLength = nameLength;
  }

  async start(settings: ChildSettings): Promise<Child> {
    const process = new Deno.Command(settings.command, {
      args: [...settings.args],
      env: { ...settings.env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // Ctrl-C reaches this process alone, which then ends the children in their order.
      detached: true,
    }).spawn();
    let running = true;
    const lines = Promise.all([
      this.#passOn(settings.name, process.stdout),
      this.#passOn(settings.name, process.stderr),
    ]);
    const child: Child = {
      name: settings.name,
      ended: process.status.then(async (status) => {
        running = false;
        await lines;
        await this.#lifeline.gone(process.pid);
        this.#children.delete(child);
        return status;
      }),
      signal: (signal) => {
        if (running) sendSignal(process, signal);
      },
    };
    this.#children.add(child);
    await this.#lifeline.born(process.pid);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [first, ...others] = this.#children;
    await end(others, END_MS_MAX - LAST_MS);
    if (first) await end([first], LAST_MS);
    await this.#lifeline[Symbol.asyncDispose]();
  }

  async #passOn(name: string, output: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LINE_LENGTH_MAX) lines.push(rest), rest = "";
      for (const line of lines) this.#print(`${name.padEnd(this.#nameLength)} | ${line}`);
    }
    if (rest !== "") this.#print(`${name.padEnd(this.#nameLength)} | ${rest}`);
  }
}

/** Asks children to end, and makes them when the time is up. */
async function end(children: readonly Child[], withinMs: number): Promise<void> {
  const timer = setTimeout(() => children.forEach((child) => child.signal("SIGKILL")), withinMs);
  children.forEach((child) => child.signal("SIGTERM"));
  await Promise.all(children.map((child) => child.ended));
  clearTimeout(timer);
}

function sendSignal(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch (error) {
    // It ended by itself a moment ago, and its status is on the way to us.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
