/**
 * The paths of the system's shared libraries. A scoped permission (`--allow-ffi=PATH`) accepts only
 * absolute paths, in exactly this spelling, so the programs' flags are made from FFI_PATHS.
 */

/** Deno's architectures, and 32-bit ARM, where the programs run on Node.js. */
type Architecture = typeof Deno.build.arch | "arm";

/** Debian's folders for each architecture; on ARM with and without hardware floating point. */
const TRIPLETS: Readonly<Record<Architecture, readonly string[]>> = {
  aarch64: ["aarch64-linux-gnu"],
  arm: ["arm-linux-gnueabihf", "arm-linux-gnueabi"],
  x86_64: ["x86_64-linux-gnu"],
};

/** A `long` and a pointer of this program have 32 bits. Deno's types do not know the architecture. */
export const IS_32_BIT: boolean = Object.is(Deno.build.arch, "arm");

/** The C library: errno, and copies from foreign memory. */
export const LIBC_SONAME = "libc.so.6";
/** libgpiod 2.x (Debian 13). */
export const GPIOD_V2_SONAME = "libgpiod.so.3";
/** libgpiod 1.x (Debian 12). */
export const GPIOD_V1_SONAME = "libgpiod.so.2";

/**
 * Returns the possible paths of a library: Debian's folders first, then those of other
 * distributions. Before Ubuntu 19.04 the C library was not below /usr.
 */
function libraryPaths(soname: string, architecture: Architecture): readonly string[] {
  const triplets = TRIPLETS[architecture];
  const usual = [...triplets.map((triplet) => `/usr/lib/${triplet}`), "/usr/lib64", "/usr/lib"];
  const old = soname === LIBC_SONAME ? triplets.map((triplet) => `/lib/${triplet}`) : [];
  return [...usual, ...old].map((folder) => `${folder}/${soname}`);
}

/** Every path that this project may load, for `--allow-ffi`, by the program's architecture. */
export const FFI_PATHS: Readonly<Record<Architecture, readonly string[]>> = {
  aarch64: ffiPaths("aarch64"),
  arm: ffiPaths("arm"),
  x86_64: ffiPaths("x86_64"),
};

function ffiPaths(architecture: Architecture): readonly string[] {
  return [LIBC_SONAME, GPIOD_V2_SONAME, GPIOD_V1_SONAME]
    .flatMap((soname) => libraryPaths(soname, architecture));
}

/** A library that was found, and its path. */
export interface Library<Symbols extends Deno.ForeignLibraryInterface> {
  readonly path: string;
  readonly symbols: Deno.StaticForeignLibraryInterface<Symbols>;
  close(): void;
}

/** Loads the first existing path of a library; returns undefined when there is none. */
export function openLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  soname: string,
  signatures: Symbols,
): Library<Symbols> | undefined {
  for (const path of libraryPaths(soname, Deno.build.arch)) {
    try {
      const opened = Deno.dlopen(path, signatures);
      return { path, symbols: opened.symbols, close: () => opened.close() };
    } catch (error) {
      // dlopen reports a missing file only by its text. Any other error (a missing symbol, a
      // missing permission) must not look like "not installed".
      const message = error instanceof Error ? error.message : String(error);
      if (/No such file or directory/.test(message)) continue;
      throw new Error(`Cannot use ${path}: ${message}`, { cause: error });
    }
  }
  return undefined;
}
