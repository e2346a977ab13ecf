/**
 * Accesses the kernel's files (/proc, /sys) through the C library. Deno opens them only for a
 * program with every permission, even if their paths are allowed.
 */
import { type SystemError } from "./errno.ts";
import { cString, Libc } from "./libc.ts";
import { LIBC_SONAME, type Library, openLibrary } from "./library.ts";

/** The longest content that is read; the kernel's files have a page or a few. */
const CONTENT_BYTES_MAX = 65_536;

// fcntl.h, the same on x86-64 and arm64.
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;
const O_CLOEXEC = 0o2000000;

/** The mode of a created file: only for its owner. */
const MODE = 0o600;

const FILES = {
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Reads and writes small files completely. Needs `--allow-ffi` for the C library and nothing else.
 */
export class SpecialFiles implements Disposable {
  readonly #libc = new Libc();
  readonly #library: Library<typeof FILES>;

  constructor() {
    const library = openLibrary(LIBC_SONAME, FILES);
    if (library === undefined) throw new Error(`Cannot load ${LIBC_SONAME}: not found`);
    this.#library = library;
  }

  /** Returns the file's text. Throws an Error that names the file and the reason. */
  read(path: string): string {
    const bytes = new Uint8Array(CONTENT_BYTES_MAX);
    let length = 0;
    this.#with(path, O_RDONLY, (file) => {
      for (;;) {
        const rest = bytes.subarray(length);
        const count = Number(this.#library.symbols.read(file, rest, BigInt(rest.length)));
        if (count < 0) throw cannot("read", path, this.#libc.lastError());
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
    this.#library.close();
    this.#libc[Symbol.dispose]();
  }

  #write(path: string, text: string, flags: number): void {
    const bytes = new TextEncoder().encode(text);
    this.#with(path, flags, (file) => {
      const count = this.#library.symbols.write(file, bytes, BigInt(bytes.length));
      if (Number(count) !== bytes.length) throw cannot("write", path, this.#libc.lastError());
    });
  }

  #with(path: string, flags: number, use: (file: number) => void): void {
    const file = this.#library.symbols.open(cString(path), flags | O_CLOEXEC, MODE);
    if (file < 0) throw cannot("open", path, this.#libc.lastError());
    try {
      use(file);
    } finally {
      this.#library.symbols.close(file);
    }
  }
}

function cannot(operation: string, path: string, cause: SystemError): Error {
  return new Error(`Cannot ${operation} "${path}": ${cause.message} (${cause.errno})`, { cause });
}
