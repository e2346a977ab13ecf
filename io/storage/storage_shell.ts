/**
 * A shell that checks files without the page cache, so that this program does not have to.
 *
 * If a disk does not answer, a process that accesses it hangs in the kernel and ignores signals. A
 * program that starts another one (`Deno.Command.spawn`) hangs until that one is read from the
 * disk. So one small shell starts while the disk works, and reads requests from its input: only its
 * children can hang.
 */

/** The shell's answer: the exit code of the command (0 for success), and its output. */
export interface ShellAnswer {
  readonly code: number;
  readonly words: string;
}

const SHELL = "/bin/sh";
const ANSWER_BYTES_MAX = 4096;

/**
 * One request line (task, block number, path) gives one answer line (exit code, the last part of
 * the output).
 *
 * - `mount`: the mount that holds the path: its point, and the rest of its line in
 * /proc/self/mountinfo.
 * - `read`: reads one block from the device itself.
 * - `write`: writes the block number as a text of 4 KiB to the device, and reads it back from
 * there.
 */
const SCRIPT = `
say() { printf '%s %s\\n' "$1" "$2"; }
text() { i=0; while [ $i -lt 128 ]; do printf '%032d' "$1"; i=$((i + 1)); done; }
past_cache() { dd if="$1" bs=4096 count=1 iflag=direct skip="$2" of="$3" status=none; }
while read -r task block path; do
  case $task in
  mount)
    found= rest=
    while read -r _ _ _ _ point _ more; do
      case "$path/" in "\${point%/}/"*)
        [ \${#point} -lt \${#found} ] || { found=$point rest=$more; } ;;
      esac
    done < /proc/self/mountinfo
    say $? "$found $rest" ;;
  read)
    words=$(past_cache "$path" "$block" /dev/null 2>&1)
    say $? "\${words##*: }" ;;
  write)
    words=$({ text "$block" | dd of="$path" bs=4096 count=1 iflag=fullblock \\
      conv=fsync,notrunc status=none && past_cache "$path" 0 /dev/stdout; } 2>&1)
    code=$?
    if [ $code -ne 0 ]; then say $code "\${words##*: }"
    elif [ "$words" = "$(text "$block")" ]; then say 0
    else say 0 other; fi ;;
  esac
done
`;

/** Accepts one request at a time and is busy until the answer arrives. */
export class StorageShell implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new Uint8Array(ANSWER_BYTES_MAX);
  #pending: Promise<ShellAnswer> | undefined;
  #hasEnded = false;

  /** Needs `--allow-run=/bin/sh`. Throws when no process can be started. */
  constructor() {
    this.#child = new Deno.Command(SHELL, {
      // The script is not an argument, because every process list would show it.
      args: ["-c", 'eval "$SCRIPT"', "storage-check"],
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin", SCRIPT },
      cwd: "/",
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.getReader({ mode: "byob" });
    this.#child.status.then(() => this.#hasEnded = true);
    // The end of the program does not wait for a shell whose child hangs.
    this.#child.unref();
  }

  /** Whether the last request has no answer yet. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Returns the mount that holds a path. */
  mountOf(path: string): Promise<ShellAnswer> {
    return this.#ask(`mount 0 ${path}`);
  }

  /** Reads the block of 4 KiB with that number from the device itself. */
  read(path: string, block: number): Promise<ShellAnswer> {
    return this.#ask(`read ${block} ${path}`);
  }

  /**
   * Writes a block of 4 KiB that holds a number. Output beside code 0 means that the block could
   * not be read back.
   */
  write(path: string, stamp: number): Promise<ShellAnswer> {
    return this.#ask(`write ${stamp} ${path}`);
  }

  /** The shell ends by itself when its input closes. This does not wait for a hanging child. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { isBusy } = this;
    await this.#writer.close().catch(() => {});
    if (isBusy) return;
    this.#child.ref();
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }

  #ask(line: string): Promise<ShellAnswer> {
    if (this.#pending !== undefined) throw new Error("the storage shell is still busy");
    if (line.includes("\n")) throw new TypeError("a path with a line break cannot be checked");
    const answer = this.#exchange(line).finally(() => this.#pending = undefined);
    this.#pending = answer;
    // The shell may end when nobody waits for this answer any more.
    answer.catch(() => {});
    return answer;
  }

  async #exchange(line: string): Promise<ShellAnswer> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    const text = await this.#readLine();
    const [, code, words] = /^(\d{1,3}) (.*)$/s.exec(text) ?? [];
    if (code === undefined) {
      throw new Error(`unexpected answer of a storage shell: ${JSON.stringify(text)}`);
    }
    return { code: Number(code), words: words ?? "" };
  }

  /** Reads through one buffer, so that the memory stays constant for years. */
  async #readLine(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    while (!text.endsWith("\n")) {
      const { value, done } = await this.#reader.read(this.#buffer);
      if (value === undefined || done) throw new Error("the storage shell has ended");
      text += decoder.decode(value, { stream: true });
      this.#buffer = new Uint8Array(value.buffer);
      if (text.length > ANSWER_BYTES_MAX) {
        throw new Error("the answer of the storage shell is too long");
      }
    }
    return text.slice(0, -1);
  }
}
