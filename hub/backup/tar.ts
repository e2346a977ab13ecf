/**
 * Writes and reads tar archives (POSIX ustar) of a few regular files, so that a backup can also be
 * unpacked without this program.
 */

const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
/** Where the fields of a header are. */
const FIELDS = {
  name: [0, NAME_BYTES],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;
type Field = keyof typeof FIELDS;

const REGULAR = "0";
/** `ustar`, NUL and the version 00. */
const MAGIC = "ustar\0" + "00";
/** Two empty blocks end an archive. */
const END = new Uint8Array(2 * BLOCK_BYTES);

export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  /** Exactly `size` bytes. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** The bytes of an archive. Throws when a content has another size than announced. */
export async function* packTar(
  entries: AsyncIterable<TarEntry> | Iterable<TarEntry>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  for await (const { name, mode, size, content } of entries) {
    yield headerOf({ name, mode, size });
    let written = 0;
    for await (const piece of content) {
      written += piece.length;
      if (written > size) break;
      yield new Uint8Array(piece);
    }
    if (written !== size) throw new Error(`"${name}" has changed while it was read`);
    if (size % BLOCK_BYTES > 0) yield new Uint8Array(BLOCK_BYTES - size % BLOCK_BYTES);
  }
  yield new Uint8Array(END);
}

function headerOf({ name, mode, size }: Omit<TarEntry, "content">): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK_BYTES);
  const put = (field: Field, text: string) => {
    const bytes = new TextEncoder().encode(text);
    const [start, length] = FIELDS[field];
    if (bytes.length > length) throw new Error(`"${name}" does not fit into a tar archive`);
    header.set(bytes, start);
  };
  const number = (field: Field, value: number) =>
    put(field, value.toString(8).padStart(FIELDS[field][1] - 1, "0"));
  put("name", name);
  number("mode", mode);
  number("owner", 0);
  number("group", 0);
  number("size", size);
  number("time", 0);
  put("type", REGULAR);
  put("magic", MAGIC);
  put("checksum", `${checksumOf(header).toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** The sum of the header's bytes, with spaces in place of the sum itself. */
function checksumOf(header: Uint8Array): number {
  const [start, length] = FIELDS.checksum;
  return header.reduce(
    (sum, byte, at) => sum + (at >= start && at < start + length ? 0x20 : byte),
    0,
  );
}

/**
 * The files of an archive, in order. Each content must be read to its end before the next file.
 * Throws when it is no archive of regular files, or when its end is missing.
 */
export async function* unpackTar(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarEntry, void, void> {
  const reader = new ByteReader(bytes);
  for (;;) {
    const header = await reader.take(BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) break;
    const { name, mode, size } = parseHeader(header);
    yield { name, mode, size, content: reader.stream(size) };
    await reader.take((BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES);
  }
  await reader.end();
}

function parseHeader(header: Uint8Array): Omit<TarEntry, "content"> {
  const text = (field: Field) => {
    const [start, length] = FIELDS[field];
    return new TextDecoder().decode(header.subarray(start, start + length)).split("\0")[0] ?? "";
  };
  const number = (field: Field) => {
    const digits = text(field).trim();
    if (!/^[0-7]{1,11}$/.test(digits)) throw new Error(`a tar header has no ${field}`);
    return Number.parseInt(digits, 8);
  };
  if (!text("magic").startsWith("ustar") || number("checksum") !== checksumOf(header)) {
    throw new Error("a tar header is damaged");
  }
  if (text("type") !== REGULAR) throw new Error("it has something else than regular files");
  return { name: text("name"), mode: number("mode"), size: number("size") };
}

/** Reads so many bytes at a time from pieces of any size. */
class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Throws at the end of the bytes. */
  async take(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count);
    let at = 0;
    for await (const piece of this.stream(count)) {
      taken.set(piece, at);
      at += piece.length;
    }
    return taken;
  }

  async *stream(count: number): AsyncGenerator<Uint8Array, void, void> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#pieces.next();
        if (done) throw new Error("its end is missing");
        this.#rest = value;
        continue;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Reads what is left, so that a checksum after it is looked at. It may only be empty blocks. */
  async end(): Promise<void> {
    for (;;) {
      if (this.#rest.some((byte) => byte !== 0)) throw new Error("something follows its end");
      const { value, done } = await this.#pieces.next();
      if (done) return;
      this.#rest = value;
    }
  }
}
