/**
 * A shell that checks files past every cache, so that this program need not.
 *
 * Where a disk does not answer, whoever touches it hangs in the kernel, deaf to signals; and a program
 * that starts another one (`Deno.Command.spawn`) hangs until that has been read from the disk. So one
 * small shell is started while the disk is well and is asked by lines: what hangs is its children.
 */

/** What the shell answered: the exit code of what it ran (0 for well), and its words. */
export interface ShellAnswer {
  readonly code: number;
  readonly words: string;
}

const SHELL = "/bin/sh";
const ANSWER_BYTES_MAX = 4096;

/**
 * One line in (task, block number, path), one line out (exit code, the last part of what was said).
 *
 * - `mount`: the point, and the rest of the line of /proc/self/mountinfo, of the mount that holds the path.
 * - `read`: one block, from the device itself.
 * - `write`: the block number as a text of 4 KiB, down to the device, and what is then read from there.
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

/** Asked for one thing at a time; what is not answered yet keeps it busy. */
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
      // Not among the arguments, which every list of processes shows.
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
    // The program's end does not wait for a shell whose child hangs.
    this.#child.unref();
  }

  /** Whether it waits for what it was asked last. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The mount that a path lies in. */
  mountOf(path: string): Promise<ShellAnswer> {
    return this.#ask(`mount 0 ${path}`);
  }

  /** Reads the block of 4 KiB with that number, from the device itself. */
  read(path: string, block: number): Promise<ShellAnswer> {
    return this.#ask(`read ${block} ${path}`);
  }

  /** Writes a block of 4 KiB that holds a number. Words beside code 0: it is not there afterwards. */
  write(path: string, stamp: number): Promise<ShellAnswer> {
    return this.#ask(`write ${stamp} ${path}`);
  }

  /** It ends by itself when nobody can ask any more; one whose child hangs is not waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { isBusy } = this;
    await this.#writer.close().catch(() => {});
    if (isBusy) return;
    this.#child.ref();
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }

  #ask(line: string): Promise<ShellAnswer> {
    if (this.#pending !== undefined) throw new Error("the storage shell is asked while it is busy");
    if (line.includes("\n")) throw new TypeError("a path with a line break cannot be checked");
    const answer = this.#exchange(line).finally(() => this.#pending = undefined);
    this.#pending = answer;
    // Nobody may wait for it any more when the shell ends.
    answer.catch(() => {});
    return answer;
  }

  async #exchange(line: string): Promise<ShellAnswer> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    const text = await this.#readLine();
    const [, code, words] = /^(\d{1,3}) (.*)$/s.exec(text) ?? [];
    if (code === undefined) throw new Error(`a storage shell said ${JSON.stringify(text)}`);
    return { code: Number(code), words: words ?? "" };
  }

  /** Through one buffer, so that memory stays flat for years. */
  async #readLine(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    while (!text.endsWith("\n")) {
      const { value, done } = await this.#reader.read(this.#buffer);
      if (value === undefined || done) throw new Error("the storage shell has ended");
      text += decoder.decode(value, { stream: true });
      this.#buffer = new Uint8Array(value.buffer);
      if (text.length > ANSWER_BYTES_MAX) throw new Error("the storage shell said too much");
    }
    return text.slice(0, -1);
  }
}
