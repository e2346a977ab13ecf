/** Ends the children of a process that was killed and could not do so itself. */

/**
 * Reads the live processes from its stdin. When that pipe closes, which the kernel ensures however
 * the other side ended, it kills the remaining ones.
 */
const SCRIPT = `
trap '' HUP INT TERM
living=
while read -r event pid; do
  case $event in
    born) living="$living -$pid" ;;
    gone)
      others=
      for one in $living; do [ "$one" = "-$pid" ] || others="$others $one"; done
      living=$others
      ;;
  esac
done
[ -z "$living" ] || kill -s KILL -- $living 2>/dev/null
`;

/**
 * Children must lead a process group of their own (`detached`), because the whole group is killed.
 */
export class Lifeline implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor() {
    this.#process = new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      // A terminal's signals to this process must not reach it.
      detached: true,
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
  }

  async born(pid: number): Promise<void> {
    await this.#write(`born ${pid}\n`);
  }

  async gone(pid: number): Promise<void> {
    await this.#write(`gone ${pid}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#process.status;
  }

  async #write(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(line));
  }
}
