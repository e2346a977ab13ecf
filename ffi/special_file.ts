/**
 * Accesses the kernel's files (/proc, /sys) through the C library. Deno opens them only for a
 * program with every permission, even if their paths are allowed.
 */
import { SystemError } from "./errno.ts";
import { openSyscalls } from "./own_syscalls.ts";
import { O_CLOEXEC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "./syscalls.ts";

/** The longest content that is read; the kernel's files have a page or a few. */
const CONTENT_BYTES_MAX = 65_536;

/** The mode of a created file: only for its owner. */
const MODE = 0o600;

/**
 * Reads and writes small files completely. Needs `--allow-ffi` for the C library and nothing else.
 */
export class SpecialFiles implements Disposable {
  readonly #system = openSyscalls();

  /** Returns the file's text. Throws an Error that names the file and the reason. */
  read(path: string): string {
    const bytes = new Uint8Array(CONTENT_BYTES_MAX);
    let length = 0;
    this.#with(path, O_RDONLY, (file) => {
      for (;;) {
        const rest = bytes.subarray(length);
        const count = explained("read", path, () => this.#system.read(file, rest));
        length += count;
        if (count === 0 || length === bytes.length) return;
      }
    });
    return new TextDecoder().decode(bytes.subarray(0, length));
  }

  /** Writes the text in one call, as attributes of /sys require. Creates no file. */
  write(path: string, text: string): void {
    this.#write(path, text, O_WRONLY);
  }

  /** The same for a plain file, which is created or emptied first. */
  save(path: string, text: string): void {
    this.#write(path, text, O_WRONLY | O_CREAT | O_TRUNC);
  }

  [Symbol.dispose](): void {
    this.#system[Symbol.dispose]();
  }

  #write(path: string, text: string, flags: number): void {
    const bytes = new TextEncoder().encode(text);
    this.#with(path, flags, (file) => {
      const count = explained("write", path, () => this.#system.write(file, bytes));
      if (count !== bytes.length) throw new Error(`Cannot write "${path}": only a part of it`);
    });
  }

  #with(path: string, flags: number, use: (file: number) => void): void {
    const file = explained("open", path, () => this.#system.open(path, flags | O_CLOEXEC, MODE));
    try {
      use(file);
    } finally {
      this.#system.close(file);
    }
  }
}

/** Names file and operation in the error of a system call. */
function explained<Result>(operation: string, path: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    throw new Error(`Cannot ${operation} "${path}": ${cause.message} (${cause.errno})`, { cause });
  }
}
