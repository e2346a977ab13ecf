/**
 * The part of the C library for reading foreign memory and waiting for file descriptors. A scoped
 * FFI permission forbids Deno.UnsafePointerView, so memcpy copies the bytes instead.
 */
import { SystemError } from "./errno.ts";
import { LIBC_SONAME, type Library, openLibrary } from "./library.ts";

/**
 * The longest text that is read from a library: chip labels and consumers have at most 32 bytes.
 */
const TEXT_BYTES_MAX = 256;
const INT_BYTES = 4;
/** Space for many events of a watch; further ones are returned the next time. */
const WATCH_BYTES = 4096;

// eventfd.h, inotify.h, poll.h and time.h, the same on x86-64 and arm64.
const EFD_CLOEXEC = 0o2000000;
const IN_CLOEXEC = 0o2000000;
const IN_NONBLOCK = 0o4000;
const IN_ATTRIB = 0x004;
const IN_DELETE_SELF = 0x400;
const WAIT_FOR_EVER = -1;
const DO_NOT_WAIT = 0;
const CLOCK_MONOTONIC = 1;

const NS_PER_SECOND = 1_000_000_000n;

const LIBC = {
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  strnlen: { parameters: ["pointer", "usize"], result: "usize" },
  __errno_location: { parameters: [], result: "pointer" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  // The same function on a thread of Deno's pool, which sleeps in the kernel while it waits.
  poll_aside: {
    name: "poll",
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Stays loaded until it is disposed. */
export class Libc implements Disposable {
  readonly #library: Library<typeof LIBC>;

  /** Throws when there is no GNU C library, without which Deno itself would not run. */
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

  /**
   * Returns a file descriptor that becomes readable when `signalEvent` is called. Throws
   * SystemError.
   */
  openEvent(): number {
    const file = this.#library.symbols.eventfd(0, EFD_CLOEXEC);
    if (file < 0) throw this.lastError();
    return file;
  }

  /** Makes an event's file descriptor readable, for good. Throws SystemError. */
  signalEvent(file: number): void {
    const one = BigUint64Array.of(1n);
    const written = this.#library.symbols.write(file, one, BigInt(one.byteLength));
    if (Number(written) !== one.byteLength) throw this.lastError();
  }

  /**
   * Returns a file descriptor that becomes readable when the file at a path is removed, or its
   * owner or mode changes. Throws SystemError.
   */
  openWatch(path: string): number {
    const file = this.#library.symbols.inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (file < 0) throw this.lastError();
    const kinds = IN_ATTRIB | IN_DELETE_SELF;
    if (this.#library.symbols.inotify_add_watch(file, cString(path), kinds) < 0) {
      const error = this.lastError();
      this.close(file);
      throw error;
    }
    return file;
  }

  /** Reads all events of a watch; afterwards only new events make it readable. */
  emptyWatch(file: number): void {
    const events = new Uint8Array(WATCH_BYTES);
    this.#library.symbols.read(file, events, BigInt(events.length));
  }

  close(file: number): void {
    this.#library.symbols.close(file);
  }

  /**
   * Calls poll(2) on another thread, while the event loop continues. Keep the buffer (of `count`
   * structs) until it resolves. Returns false when it failed, possibly only because of a signal.
   * The reason is unknown, because errno belongs to the other thread.
   */
  async pollAside(buffer: BufferSource, count: number): Promise<boolean> {
    const { poll_aside } = this.#library.symbols;
    return await poll_aside(buffer, BigInt(count), WAIT_FOR_EVER) >= 0;
  }

  /** Calls poll(2) without waiting. Throws SystemError. */
  poll(buffer: BufferSource, count: number): void {
    if (this.#library.symbols.poll(buffer, BigInt(count), DO_NOT_WAIT) < 0) throw this.lastError();
  }

  /** Reads the kernel's monotonic clock. Throws SystemError. */
  monotonicNs(): bigint {
    const timespec = new BigInt64Array(2);
    if (this.#library.symbols.clock_gettime(CLOCK_MONOTONIC, timespec) !== 0) {
      throw this.lastError();
    }
    const [seconds = 0n, nanoseconds = 0n] = timespec;
    return seconds * NS_PER_SECOND + nanoseconds;
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** Converts a text to a C string. The library may keep the pointer only during the call. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
