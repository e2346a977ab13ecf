/** Hundreds of clients that connect and never identify themselves, from several addresses. */

import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";

export interface SilentLoadOptions {
  readonly port: number;
  readonly count: number;
  /** The first bytes of each client; must not be empty. */
  readonly what: string;
}

/** `await using load = await SilentLoad.connect({...});` They leave when it is disposed. */
export class SilentLoad implements AsyncDisposable {
  /** The number of clients that could connect. */
  readonly open: number;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, open: number) {
    this.#child = child;
    this.open = open;
  }

  static async connect({ port, count, what }: SilentLoadOptions): Promise<SilentLoad> {
    const child = new Deno.Command("prlimit", {
      args: [
        "--nofile=4096:4096",
        "python3",
        join(PROJECT, "tests/support/limits/silent_load.py"),
        ...[String(port), String(count), what],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("\n")) break;
    }
    return new SilentLoad(child, Number(/^open (\d+)\n/.exec(text)?.[1]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.status;
  }
}
