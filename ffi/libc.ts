/**
 * The C library: system calls, and texts in foreign memory. A scoped FFI permission forbids
 * Deno.UnsafePointerView, so memcpy copies the bytes instead.
 */
import { SystemError } from "./errno.ts";
import { IS_32_BIT, LIBC_SONAME, type Library, openLibrary } from "./library.ts";
import {
  type Bytes,
  CLOCK_MONOTONIC,
  cString,
  DO_NOT_WAIT,
  EFD_CLOEXEC,
  IN_CLOEXEC,
  IN_NONBLOCK,
  POLLFD_BYTES,
  type Syscalls,
  timespecNs,
  WAIT_FOR_EVER,
} from "./syscalls.ts";

/**
 * The longest text that is read from a library: chip labels and consumers have at most 32 bytes.
 */
const TEXT_BYTES_MAX = 256;
const INT_BYTES = 4;

// A `long` and with it an `nfds_t` have as many bits as a `size_t`.
const LIBC = {
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  strnlen: { parameters: ["pointer", "usize"], result: "usize" },
  __errno_location: { parameters: [], result: "pointer" },
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // The same function on a thread of the runtime's pool, which sleeps in the kernel while it waits.
  poll_aside: {
    name: "poll",
    parameters: ["buffer", "usize", "i32"],
    result: "i32",
    nonblocking: true,
  },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Stays loaded until it is disposed. */
export class Libc implements Syscalls {
  readonly #library: Library<typeof LIBC>;

  /** Throws when there is no GNU C library, or the runtime cannot load libraries. */
  constructor() {
    const library = openLibrary(LIBC_SONAME, LIBC);
    if (library === undefined) throw new Error(`Cannot load ${LIBC_SONAME}: not found`);
    this.#library = library;
  }

  /**
   * Returns why the previous foreign call failed. Call it at once: any other call, even one to the
   * console, may change errno.
   */
  lastError(): SystemError {
    const { memcpy, __errno_location } = this.#library.symbols;
    const number = new Int32Array(1);
    memcpy(number, __errno_location(), BigInt(INT_BYTES));
    return new SystemError(number[0] ?? 0);
  }

  /** Returns the C string at a pointer; empty for a null pointer. */
  text(pointer: Deno.PointerValue): string {
    if (pointer === null) return "";
    const { memcpy, strnlen } = this.#library.symbols;
    const length = strnlen(pointer, BigInt(TEXT_BYTES_MAX));
    if (length === 0n) return "";
    const bytes = new Uint8Array(Number(length));
    memcpy(bytes, pointer, length);
    return new TextDecoder().decode(bytes);
  }

  open(path: string, flags: number, mode = 0): number {
    return this.#succeeded(this.#library.symbols.open(cString(path), flags, mode));
  }

  close(file: number): void {
    this.#library.symbols.close(file);
  }

  read(file: number, into: Bytes): number {
    return this.#succeeded(
      Number(this.#library.symbols.read(file, into, BigInt(into.length))),
    );
  }

  write(file: number, from: Bytes): number {
    return this.#succeeded(
      Number(this.#library.symbols.write(file, from, BigInt(from.length))),
    );
  }

  ioctl(file: number, request: number, struct: Bytes): void {
    this.#succeeded(this.#library.symbols.ioctl(file, BigInt(request), struct));
  }

  eventfd(): number {
    return this.#succeeded(this.#library.symbols.eventfd(0, EFD_CLOEXEC));
  }

  watch(path: string, events: number): number {
    const { inotify_init1, inotify_add_watch } = this.#library.symbols;
    const file = this.#succeeded(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (inotify_add_watch(file, cString(path), events) < 0) {
      const error = this.lastError();
      this.close(file);
      throw error;
    }
    return file;
  }

  poll(polled: Bytes): void {
    const { poll } = this.#library.symbols;
    this.#succeeded(poll(polled, BigInt(polled.length / POLLFD_BYTES), DO_NOT_WAIT));
  }

  /** Keeps the bytes until it resolves. errno belongs to the other thread. */
  async pollAside(polled: Bytes): Promise<boolean> {
    const { poll_aside } = this.#library.symbols;
    return await poll_aside(polled, BigInt(polled.length / POLLFD_BYTES), WAIT_FOR_EVER) >= 0;
  }

  /** By this name glibc offers the call whose `time_t` has 32 bits on every 32-bit system. */
  monotonicNs(): bigint {
    const timespec = IS_32_BIT ? new Int32Array(2) : new BigInt64Array(2);
    this.#succeeded(this.#library.symbols.clock_gettime(CLOCK_MONOTONIC, timespec));
    return timespecNs(timespec);
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }

  /** Returns the result of the call just made. Throws SystemError when it is an error. */
  #succeeded(result: number): number {
    if (result < 0) throw this.lastError();
    return result;
  }
}
