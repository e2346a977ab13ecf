/** A client with the credential of one node that publishes more than all others together. */

import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";

export interface Storm {
  readonly port: number;
  readonly id: string;
  readonly login: { readonly username?: string; readonly password?: string };
  readonly kind: "status" | "heartbeat";
  /** The rate of each connection; only heartbeats use more than one connection. */
  readonly perSecond: number;
  readonly connections: number;
}

/** `await using storm = await StormingNode.start({...});` It runs until `end`. */
export class StormingNode implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  static async start(storm: Storm): Promise<StormingNode> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-prompt", "--allow-all"],
        join(PROJECT, "tests/support/limits/storm_program.ts"),
        JSON.stringify(storm),
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const { value = "" } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader()
      .read();
    if (!value.startsWith("began")) throw new Error("the storm did not begin");
    return new StormingNode(child);
  }

  /** The last status, if it publishes any, is a farewell of session `the-last`. */
  async end(): Promise<void> {
    await this.#child.stdin.close();
    const { success } = await this.#child.status;
    if (!success) throw new Error("the storm broke off");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.stdin.close().catch(() => {}); // `end` has closed it
    await this.#child.status;
  }
}
