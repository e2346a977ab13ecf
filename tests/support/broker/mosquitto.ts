/** A real Mosquitto that a test starts, stops, freezes and restarts. */

import { freePort } from "../network/free_port.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import { until, within } from "../time/until.ts";

/** Debian installs it beside root's programs. */
const PROGRAM = "/usr/sbin/mosquitto";

export interface MosquittoOptions {
  /** Lines of mosquitto.conf. Default: everybody may do everything on `port`. */
  readonly config?: (broker: { readonly port: number; readonly folder: string }) => string;
  /** Default: any free port. */
  readonly port?: number;
  /** The address at which it listens. Default: 127.0.0.1. */
  readonly address?: string;
  /** A command that becomes Mosquitto: `["ip", "netns", "exec", NAME]`. */
  readonly through?: readonly string[];
}

/**
 * `await using broker = await Mosquitto.start();` It listens on 127.0.0.1 and `port` by default.
 */
export class Mosquitto implements AsyncDisposable {
  readonly port: number;
  readonly address: string;
  readonly #through: readonly string[];
  readonly #folder = new TemporaryFolder();
  #child: Deno.ChildProcess | undefined;
  #log: Promise<string> = Promise.resolve("");

  private constructor(options: MosquittoOptions) {
    const { port = freePort(), config = openConfig, address = "127.0.0.1", through = [] } = options;
    this.port = port;
    this.address = address;
    this.#through = through;
    this.#folder.write("mosquitto.conf", config({ port, folder: this.#folder.path }));
  }

  /** Resolves when it accepts connections. Throws with its log when it ends instead. */
  static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const broker = new Mosquitto(options);
    try {
      await broker.start();
      return broker;
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its folder, which is removed with it. */
  get folder(): string {
    return this.#folder.path;
  }

  get pid(): number {
    if (this.#child === undefined) throw new Error("Mosquitto does not run");
    return this.#child.pid;
  }

  /** Its whole log since its last start, available after it has ended. */
  get log(): Promise<string> {
    return this.#log;
  }

  /** Starts it again with the same port and configuration. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error("Mosquitto runs already");
    const child = spawn(this.#through, this.#folder.file("mosquitto.conf"));
    this.#child = child;
    this.#log = textOf(child.stderr);
    let status: Deno.CommandStatus | undefined;
    child.status.then((ended) => status = ended);
    await until(`Mosquitto to accept connections on port ${this.port}`, async () => {
      if (status !== undefined) {
        this.#child = undefined;
        throw new Error(`Mosquitto ended with status ${status.code}:\n${await this.#log}`);
      }
      return await accepts(this.address, this.port);
    });
  }

  /** Ends it: SIGTERM publishes every client's last will, SIGKILL none. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill(signal);
    child.kill("SIGCONT");
    await within("Mosquitto to end", child.status);
    await this.#log;
  }

  /**
   * Sends a signal: SIGSTOP freezes it, SIGCONT continues it, SIGHUP makes it read its files again,
   * SIGUSR1 makes it write its database.
   */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGHUP" | "SIGUSR1"): void {
    if (this.#child === undefined) throw new Error("Mosquitto does not run");
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    this.#folder[Symbol.dispose]();
  }
}

function openConfig({ port }: { readonly port: number }): string {
  return `listener ${port} 127.0.0.1\nallow_anonymous true\n`;
}

/** Ends with this process, in whatever way that ends. */
function spawn(through: readonly string[], config: string): Deno.ChildProcess {
  return new Deno.Command("setpriv", {
    args: ["--pdeathsig", "TERM", ...through, PROGRAM, "-c", config],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

async function accepts(hostname: string, port: number): Promise<boolean> {
  try {
    using _connection = await Deno.connect({ hostname, port });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
