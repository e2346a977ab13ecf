/**
 * Runs several programs as children of this process: it passes their lines on and ends them
 * together.
 */

import { Lifeline } from "./lifeline.ts";

/** All children have ended within this time after the request, by force if necessary. */
const END_MS_MAX = 1_800;

/** The part of that time for the last child, which the others still use. */
const LAST_MS = 800;

/** The longest line that is passed on completely. */
const LINE_LENGTH_MAX = 16_384;

/** The settings of a child. */
export interface ChildSettings {
  /** Precedes each line that the child prints. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** A child that is running or has ended. */
export interface Child {
  readonly name: string;
  /** Resolves when it has ended and all its lines are passed on. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Sends a signal; does nothing when the child has ended. */
  signal(signal: Deno.Signal): void;
}

/** Owns children. Disposing it ends them; the first one started ends last. */
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
      // Ctrl-C only reaches this process, which then ends the children in order.
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

/** Asks children to end, and kills them when the time is over. */
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
    // It has just ended by itself, and its status will arrive.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
