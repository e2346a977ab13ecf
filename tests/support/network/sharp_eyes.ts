/** Starts `network_eyes.ts` on a machine, and reads what it sees. */

import { join } from "node:path";
import type { HostAndPort } from "../../../core/network/host.ts";
import type {
  NetworkLinkInput,
  Probed,
  ProbeNode,
  ProbeResult,
} from "../../../core/network/probe.ts";
import { ownArchitecture, permissionFlags } from "../../../scripts/permissions.ts";
import { PROJECT } from "../program/source_files.ts";
import { until } from "../time/until.ts";
import type { Order } from "./network_eyes.ts";

export interface EyesOptions {
  /** A command that becomes the program: `["ip", "netns", "exec", NAME]`. */
  readonly through: readonly string[];
  readonly landmarks?: readonly HostAndPort[];
  readonly providers?: readonly HostAndPort[];
}

/** `await using eyes = Eyes.open({ through });` It may do what a tracker may. */
export class Eyes implements AsyncDisposable {
  readonly heard: (NetworkLinkInput | Probed)[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #seq = 0;

  constructor({ through, landmarks = [], providers = [] }: EyesOptions) {
    const flags = permissionFlags("tracker", ownArchitecture());
    const program = join(PROJECT, "tests/support/network/network_eyes.ts");
    this.#child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", ...through, Deno.execPath(), "run", "--quiet", "--no-check"]
        .concat(flags, program, JSON.stringify(landmarks), JSON.stringify(providers)),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Whether an interface with carrier leads to the nodes, as it was told last. */
  get up(): boolean | undefined {
    return this.heard.findLast((message) => message.kind === "network_link")?.up;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Which nodes there are. */
  async know(nodes: readonly ProbeNode[]): Promise<void> {
    await this.#order({ kind: "know", nodes });
  }

  async untilUp(up: boolean | undefined): Promise<void> {
    await until(`the link to be ${up}`, () => {
      const told = this.heard.findLast((message) => message.kind === "network_link");
      return told !== undefined && told.up === up;
    }, { withinMs: 30_000 });
  }

  /** The results of one round. */
  async probe(nodes: readonly ProbeNode[] = []): Promise<readonly ProbeResult[]> {
    const seq = ++this.#seq;
    await this.#order({ kind: "probe", seq, nodes });
    const probed = await until(`the probe ${seq}`, () => {
      return this.heard.find((message) => message.kind === "probed" && message.seq === seq);
    }, { withinMs: 30_000 });
    return probed.kind === "probed" ? probed.results : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders.close().catch(() => {});
    await this.#child.status;
    await this.#reading;
  }

  async #order(order: Order): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.heard.push(JSON.parse(line));
    }
  }
}

/** A result in one line: `gateway 10.0.0.1: refused on_link eth0`. */
export function lineOf({ target, reach, device, answer }: ProbeResult): string {
  const name = target.kind === "node" ? target.node : target.host;
  return `${target.kind} ${name}: ${answer} ${reach} ${device ?? "-"}`;
}
