/** A notify socket like systemd's, without systemd. */

import { until } from "../time/until.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

const PROGRAM = new URL("notify_socket.py", import.meta.url).pathname;

/** `await using systemd = await NotifySocket.open();` */
export class NotifySocket implements AsyncDisposable {
  /** The value for `$NOTIFY_SOCKET`. */
  readonly path: string;
  /** The messages so far, such as "READY=1". */
  readonly messages: string[] = [];
  readonly #folder = new TemporaryFolder();
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  private constructor() {
    this.path = this.#folder.file("notify");
    // Deno has no such sockets without an unstable flag.
    this.#child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", "python3", PROGRAM, this.path],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  static async open(): Promise<NotifySocket> {
    const socket = new NotifySocket();
    await until("the notify socket", () => socket.messages.shift());
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#reading;
    this.#folder[Symbol.dispose]();
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.messages.push(...lines);
    }
  }
}
