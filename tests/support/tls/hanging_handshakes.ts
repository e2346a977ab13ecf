/** Hundreds of clients that begin a handshake of TLS and never end it. */

import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";

/** `await using load = await HangingHandshakes.begin(port, 300);` They leave when it is disposed. */
export class HangingHandshakes implements AsyncDisposable {
  /** The number of clients that could connect. */
  readonly open: number;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, open: number) {
    this.#child = child;
    this.open = open;
  }

  static async begin(port: number, count: number): Promise<HangingHandshakes> {
    const child = new Deno.Command("prlimit", {
      args: [
        "--nofile=4096:4096",
        "python3",
        join(PROJECT, "tests/support/tls/hanging_handshakes.py"),
        ...[String(port), String(count)],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("\n")) break;
    }
    return new HangingHandshakes(child, Number(/^open (\d+)\n/.exec(text)?.[1]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.status;
  }
}
