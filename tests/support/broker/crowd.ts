/** Many Pis at a real broker, each with its own connection and last will, played by one process. */

import { join } from "node:path";
import { hashPassword } from "../../../hub/credentials/password_hash.ts";
import { PROJECT } from "../../../scripts/project.ts";
import { until } from "../time/until.ts";

export interface CrowdPlan {
  readonly port: number;
  /** They are `pi-0`, `pi-1`, ..., and log in by these names. */
  readonly nodes: number;
  /** The password of each; left out for a broker that admits everybody. */
  readonly password?: string;
  /** How many connect in a second. */
  readonly perSecond: number;
  /** The time between two heartbeats of one. */
  readonly everyMs?: number;
  /** The authority of a broker that speaks TLS, as PEM text. */
  readonly ca?: string;
  /** The broker's address. Default: loopback. */
  readonly host?: string;
  /** A command that becomes the program: `["ip", "netns", "exec", NAME]`. */
  readonly through?: readonly string[];
}

const EVERY_MS = 1000;

type Said =
  | { readonly kind: "born"; readonly at: Readonly<Record<string, number>> }
  | { readonly kind: "refused"; readonly code: number };

/** `await using crowd = Crowd.begin({...});` Killed, all die at once, and the broker has their wills. */
export class Crowd implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #said: Said[] = [];
  readonly #reading: Promise<void>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reading = this.#read(child.stdout);
  }

  static begin(plan: CrowdPlan): Crowd {
    const { port, nodes, password, perSecond, everyMs = EVERY_MS } = plan;
    const { ca, host, through = [] } = plan;
    const asked = { port, nodes, password, ca, host, per_second: perSecond, every_ms: everyMs };
    const program = join(PROJECT, "tests/support/broker/crowd.py");
    const [command = "", ...args] = [...through, "python3", program, JSON.stringify(asked)];
    const child = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    return new Crowd(child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves once the broker has the births of all, to the wall-clock ms at which each was sent. */
  async born(withinMs: number): Promise<ReadonlyMap<string, number>> {
    const said = await until("all births", () => this.#find("born"), { withinMs });
    return new Map(Object.entries(said.at).map(([id, seconds]) => [id, seconds * 1000]));
  }

  /** The return code of the first refused login. */
  async refusal(): Promise<number> {
    return (await until("a refusal", () => this.#find("refused"))).code;
  }

  /** All die at once: their connections break. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #find<Kind extends Said["kind"]>(kind: Kind): Extract<Said, { kind: Kind }> | undefined {
    return this.#said.find((said): said is Extract<Said, { kind: Kind }> => said.kind === kind);
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#said.push(JSON.parse(line));
    }
  }
}

/** Adds `pi-<from>`, ... to a password file, with one common password, which it returns. */
export function enrolCrowd(
  { path, from = 0, nodes }: {
    readonly path: string;
    readonly from?: number;
    readonly nodes: number;
  },
): string {
  const password = "password-of-the-whole-crowd";
  const hash = hashPassword(password);
  const lines = Array.from({ length: nodes }, (_, index) => `pi-${from + index}:${hash}\n`);
  Deno.writeTextFileSync(path, lines.join(""), { append: true });
  return password;
}
