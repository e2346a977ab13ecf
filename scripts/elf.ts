/** Reads the header of an ELF executable: the target machine, and how it is loaded. */

/** One LOAD segment: its place in memory, in bytes. */
export interface LoadSegment {
  readonly address: number;
  readonly length: number;
}

export interface ElfFile {
  /** `e_machine` as a target's name, or the number in hexadecimal for another machine. */
  readonly architecture: string;
  /** In the file's order, which is by ascending address. */
  readonly loads: readonly LoadSegment[];
}

/** More program headers than any of our executables has. */
const PROGRAM_HEADERS_MAX = 64;

const HEADER_LENGTH = 64;
const PROGRAM_HEADER_LENGTH = 56;
const SEGMENT_IS_LOAD = 1;

/** `e_machine`, System V gABI, chapter 4. */
const MACHINES: Readonly<Record<number, string>> = { 0x3e: "x86_64", 0xb7: "aarch64" };

/**
 * Reads a 64-bit little-endian ELF file. Throws an `Error` that names the file when it is not one.
 */
export async function readElf(path: string): Promise<ElfFile> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(HEADER_LENGTH + PROGRAM_HEADERS_MAX * PROGRAM_HEADER_LENGTH);
  const length = await file.read(bytes) ?? 0;
  const view = new DataView(bytes.buffer, 0, length);
  if (length < HEADER_LENGTH || view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0201) {
    throw new Error(`Cannot read ${path}: no 64-bit little-endian ELF file`);
  }
  const machine = view.getUint16(18, true);
  return {
    architecture: MACHINES[machine] ?? `0x${machine.toString(16)}`,
    loads: loadSegments(view, path),
  };
}

function loadSegments(view: DataView, path: string): LoadSegment[] {
  const offset = Number(view.getBigUint64(32, true));
  const count = view.getUint16(56, true);
  const loads: LoadSegment[] = [];
  for (let index = 0; index < count; index++) {
    const at = offset + index * PROGRAM_HEADER_LENGTH;
    if (at + PROGRAM_HEADER_LENGTH > view.byteLength) {
      throw new Error(`Cannot read ${path}: its program headers lie too far inside`);
    }
    if (view.getUint32(at, true) !== SEGMENT_IS_LOAD) continue;
    loads.push({
      address: Number(view.getBigUint64(at + 16, true)),
      length: Number(view.getBigUint64(at + 40, true)),
    });
  }
  return loads;
}
