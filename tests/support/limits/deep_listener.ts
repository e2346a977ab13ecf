/** A program that accepts every connection, however many arrive at once. */

import { PROJECT } from "../../../scripts/project.ts";
import { within } from "../time/until.ts";

const PROGRAM = `${PROJECT}/tests/support/limits/deep_listener.py`;

export interface DeepListenerSettings {
  readonly address: string;
  readonly ports: readonly number[];
  /** A command that becomes the program. */
  readonly through: readonly string[];
}

/** `await using listener = await DeepListener.start({ ... });` It listens on each port. */
export class DeepListener implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor({ address, ports, through }: DeepListenerSettings) {
    this.#child = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", ...through],
        ...["python3", "-B", PROGRAM, address, ...ports.map(String)],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  }

  static async start(settings: DeepListenerSettings): Promise<DeepListener> {
    const listener = new DeepListener(settings);
    const reader = listener.#child.stdout.getReader();
    const { done } = await within("the listener to listen", reader.read());
    await reader.cancel();
    if (done) throw new Error("the listener has ended");
    return listener;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}
