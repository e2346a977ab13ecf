/** A virtual machine with a Raspberry Pi's GPIO lines, driven through `vm/gpio-vm.sh serve`. */

import { patience, RENEWED_MAX, renewedPatience } from "../support/time/patience.ts";

/** Debian releases whose libraries a guest has: libgpiod 1.6 and libgpiod 2.2. */
export type Userland = "bookworm" | "trixie";

/**
 * Chips as on that board, in its order; `pi5-old` has the header on gpiochip4, `pi4-mcp23017` an
 * expander before the header's chip.
 */
export type Board = "pi1" | "pi3" | "pi4" | "pi4-mcp23017" | "pi5" | "pi5-old" | "none";

/**
 * The guest's machine: `x86_64` and `armhf` (a 32-bit kernel and Node.js) have the chips that are
 * plugged in; `pi2` has a Pi 2's own chip, whose lines have no edges.
 */
export type Machine = "x86_64" | "armhf" | "pi2";

/** How long anything may take in a guest whose every instruction is emulated. */
const DEADLINE_MS = 60_000;
/** The first boot on a machine may have to build the guest's kernel module. */
const BOOT_DEADLINE_MS = 600_000;

/** What happened to a line, or (`exit`) to a program. */
export interface LineEvent {
  /** Seconds of the guest's monotonic clock. */
  readonly t: number;
  readonly chip: number | null;
  readonly line: number | null;
  readonly kind: string;
  readonly value: string;
}

export interface PlugOptions {
  readonly busy?: readonly number[];
  /** Outputs keep their level when released, as under Raspberry Pi OS. */
  readonly persist?: boolean;
}

export interface SpawnOptions {
  readonly user?: "pi" | "nogpio" | "root";
  readonly env?: Readonly<Record<string, string>>;
}

/** When a button went down and up: each between two instants of the guest's clock, seconds. */
export interface Press {
  readonly pressed: readonly [number, number];
  readonly released: readonly [number, number];
}

type Answer = Readonly<Record<string, unknown>>;

/** One guest. Disposing ends it, and every program in it. */
export class Guest implements AsyncDisposable {
  readonly events: LineEvent[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers = new Map<number, Answer>();
  readonly #programs = new Map<number, GuestProgram>();
  readonly #changed = new Set<() => void>();
  readonly #reading: Promise<void>;
  #lastId = 0;
  #ready = false;
  #ended = false;

  private constructor([program = "", ...args]: readonly string[]) {
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Boots a guest without chips, with the folder's content in /app. */
  static async boot(
    userland: Userland,
    folder: string,
    machine: Machine = "x86_64",
  ): Promise<Guest> {
    const script = new URL("vm/gpio-vm.sh", import.meta.url).pathname;
    const options = ["--machine", machine, "--userland", userland, "--board", "none"];
    return await Guest.bootBy([script, "serve", ...options, "--copy", folder]);
  }

  /** Boots a guest by a command that speaks as `gpio-vm.sh serve` does. */
  static async bootBy(command: readonly string[]): Promise<Guest> {
    const guest = new Guest(command);
    try {
      await guest.until(() => guest.#ready || undefined, "the guest's boot", BOOT_DEADLINE_MS);
    } catch (error) {
      await guest[Symbol.asyncDispose]();
      throw error;
    }
    return guest;
  }

  /** Puts a board's chips in place of those there are. */
  async plug(board: Board, options: PlugOptions = {}): Promise<void> {
    await this.#ask("replug", {
      board,
      busy: options.busy ?? [],
      persist: options.persist ?? false,
    });
  }

  /** Runs a shell command as root to its end, and answers what it printed. */
  async run(command: string, withinMs = DEADLINE_MS): Promise<string> {
    const timeout = RENEWED_MAX * patience(withinMs) / 1000;
    const asked = { argv: command, user: "root", timeout };
    const done = await this.#ask("run", asked, withinMs);
    if (done.status !== 0) {
      throw new Error(`"${command}" ended with ${done.status}: ${done.stdout}${done.stderr}`);
    }
    return String(done.stdout);
  }

  /** Starts a program of /app. */
  async spawn(argv: readonly string[], options: SpawnOptions = {}): Promise<GuestProgram> {
    const { user = "pi", env = {} } = options;
    const how = { user, env: { NO_COLOR: "1", ...env }, cwd: "/app", stdin: true };
    const started = await this.#ask("spawn", { argv, ...how });
    const program = this.#program(Number(started.program));
    program.pid = Number(started.pid);
    return program;
  }

  /** Pulls a line of the header's chip from outside, as a button does. */
  async pull(line: number, to: "up" | "down"): Promise<void> {
    await this.#ask("pull", { line, to });
  }

  /** Presses a button to ground on a line of the header's chip, and lets go of it. */
  async press(line: number, ms: number): Promise<Press> {
    const { pressed, released } = await this.#ask("press", { line, ms });
    return { pressed: instants(pressed), released: instants(released) };
  }

  async level(line: number, chip: number): Promise<number> {
    return Number((await this.#ask("level", { line, chip })).level);
  }

  /** The guest's clock, seconds. */
  async now(): Promise<number> {
    return Number((await this.#ask("now")).t);
  }

  /** The first event that fits, once there is one. */
  event(fits: (event: LineEvent) => boolean, what: string): Promise<LineEvent> {
    return this.until(() => this.events.find(fits), what);
  }

  /** Waits until `find` finds something; asked anew whenever the guest says anything. */
  async until<T>(find: () => T | undefined, what: string, withinMs = DEADLINE_MS): Promise<T> {
    const startedMs = performance.now();
    let limitMs = patience(withinMs);
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#ended) throw new Error(`the guest ended before ${what}`);
      const restMs = startedMs + limitMs - performance.now();
      if (restMs > 0) {
        await this.#change(restMs);
        continue;
      }
      // Other work may have begun since the limit was set.
      const renewedMs = renewedPatience(withinMs);
      if (renewedMs <= limitMs) throw new Error(`no ${what} within ${limitMs} ms`);
      limitMs = renewedMs;
    }
  }

  send(program: number, request: string, rest: Answer = {}): Promise<Answer> {
    return this.#ask(request, { program, ...rest });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
  }

  async #ask(request: string, rest: Answer = {}, withinMs = DEADLINE_MS): Promise<Answer> {
    const id = ++this.#lastId;
    const text = JSON.stringify({ id, do: request, ...rest });
    await this.#input.write(new TextEncoder().encode(text + "\n"));
    const find = () => this.#answers.get(id);
    const answer = await this.until(find, `answer to ${request}`, withinMs);
    this.#answers.delete(id);
    if (answer.ok !== true) throw new Error(`${request}: ${answer.error}`);
    return answer;
  }

  #change(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#changed.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      this.#changed.add(wake);
    });
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const part of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(JSON.parse(line));
      for (const wake of [...this.#changed]) wake();
    }
    this.#ended = true;
    for (const wake of [...this.#changed]) wake();
  }

  #take(
    message: Record<string, Answer> & { readonly id?: number; readonly event?: LineEvent },
  ): void {
    if (message.ready) this.#ready = true;
    if (message.event) this.events.push(message.event);
    if (message.output) {
      this.#program(Number(message.output.program)).output += message.output.data;
    }
    if (message.id !== undefined) this.#answers.set(message.id, message);
  }

  #program(id: number): GuestProgram {
    const known = this.#programs.get(id) ?? new GuestProgram(this, id);
    this.#programs.set(id, known);
    return known;
  }
}

/** A program in the guest. Disposing kills it and waits for its end. */
export class GuestProgram implements AsyncDisposable {
  /** Standard output and standard error, as they came. */
  output = "";
  /** Its process in the guest. */
  pid = 0;
  readonly #guest: Guest;
  readonly #id: number;

  constructor(guest: Guest, id: number) {
    this.#guest = guest;
    this.#id = id;
  }

  /** Waits until the program has said something that matches. */
  said(pattern: RegExp, after = 0): Promise<RegExpExecArray> {
    const find = () => pattern.exec(this.output.slice(after)) ?? undefined;
    return this.#guest.until(find, `${pattern}`).catch((error) => {
      throw new Error(`${error.message}; the program's output:\n${this.output}`);
    });
  }

  async write(text: string): Promise<void> {
    await this.#guest.send(this.#id, "stdin", { data: text });
  }

  async signal(
    name: "HUP" | "TERM" | "INT" | "ABRT" | "KILL" | "STOP" | "CONT",
  ): Promise<void> {
    await this.#guest.send(this.#id, "signal", { signal: name });
  }

  /** The exit status; 128 and the signal's number when a signal ended it. */
  async end(): Promise<number> {
    const ended = await this.#guest.send(this.#id, "wait", {
      timeout: patience(DEADLINE_MS) / 1_000,
    });
    return Number(ended.status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kill = () => this.signal("KILL");
    // It may have ended by itself, which the agent answers with an error.
    await kill().catch(() => {});
    await this.end();
  }
}

function instants(value: unknown): readonly [number, number] {
  const [from, to] = Array.isArray(value) ? value.map(Number) : [];
  if (from === undefined || to === undefined) throw new Error("a press without its instants");
  return [from, to];
}
