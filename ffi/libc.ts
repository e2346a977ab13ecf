/**
 * The C library, as far as foreign memory must be read. A scoped FFI permission forbids
 * Deno.UnsafePointerView, so bytes are copied out by memcpy instead.
 */
import { SystemError } from "./errno.ts";
import { LIBC_SONAME, type Library, openLibrary } from "./library.ts";

/** Longest text that is read from a library: chip labels and consumers have at most 32 bytes. */
const TEXT_BYTES_MAX = 256;
const INT_BYTES = 4;

const LIBC = {
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  strnlen: { parameters: ["pointer", "usize"], result: "usize" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Reads errno and texts; stays loaded until disposed. */
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

  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** A text as a C string. The library may keep the pointer only while the call lasts. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
