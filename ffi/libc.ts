/**
 * The C library, as far as foreign memory must be read and file descriptors be waited for. A scoped
 * FFI permission forbids Deno.UnsafePointerView, so bytes are copied out by memcpy instead.
 */
import { SystemError } from "./errno.ts";
import { LIBC_SONAME, type Library, openLibrary } from "./library.ts";

/** Longest text that is read from a library: chip labels and consumers have at most 32 bytes. */
const TEXT_BYTES_MAX = 256;
const INT_BYTES = 4;

// eventfd.h, poll.h and time.h, the same on x86-64 and arm64.
const EFD_CLOEXEC = 0o2000000;
const WAIT_FOR_EVER = -1;
const DO_NOT_WAIT = 0;
const CLOCK_MONOTONIC = 1;

const NS_PER_SECOND = 1_000_000_000n;

const LIBC = {
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  strnlen: { parameters: ["pointer", "usize"], result: "usize" },
  __errno_location: { parameters: [], result: "pointer" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
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

/** Stays loaded until disposed. */
export class Libc implements Disposable {
  readonly #library: Library<typeof LIBC>;

  /** Throws when there is no GNU C library, without which Deno itself would not run. */
  constructor() {
    const library = openLibrary(LIBC_SONAME, LIBC);
    if (library === undefined) throw new Error(`Cannot load ${LIBC_SONAME}: not found`);
    this.#library = library;
  }

  /**
   * Why the foreign call just before failed. To be called at once: any other call, even one to
   * the console, may set errno anew.
   */
  lastError(): SystemError {
    const { memcpy, __errno_location } = this.#library.symbols;
    const number = new Int32Array(1);
    memcpy(number, __errno_location(), BigInt(INT_BYTES));
    return new SystemError(number[0] ?? 0);
  }

  /** The C string at a pointer; empty for a null pointer. */
  text(pointer: Deno.PointerValue): string {
    if (pointer === null) return "";
    const { memcpy, strnlen } = this.#library.symbols;
    const length = strnlen(pointer, BigInt(TEXT_BYTES_MAX));
    if (length === 0n) return "";
    const bytes = new Uint8Array(Number(length));
    memcpy(bytes, pointer, length);
    return new TextDecoder().decode(bytes);
  }

  /** A file descriptor that becomes readable when `signalEvent` is called. Throws SystemError. */
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

  close(file: number): void {
    this.#library.symbols.close(file);
  }

  /**
   * poll(2) for as long as it takes, while the event loop goes on; a thread waits. The buffer (of
   * `count` structs) must be kept until then. False when it failed, which a signal alone does; why
   * is not told, for errno belongs to the other thread.
   */
  async pollAside(buffer: BufferSource, count: number): Promise<boolean> {
    const { poll_aside } = this.#library.symbols;
    return await poll_aside(buffer, BigInt(count), WAIT_FOR_EVER) >= 0;
  }

  /** poll(2) that does not wait. Throws SystemError. */
  poll(buffer: BufferSource, count: number): void {
    if (this.#library.symbols.poll(buffer, BigInt(count), DO_NOT_WAIT) < 0) throw this.lastError();
  }

  /** The kernel's monotonic clock. Throws SystemError. */
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

/** A text as a C string. The library may keep the pointer only while the call lasts. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
