/** Files as streams of bytes, and their digests. */

import { createHash } from "node:crypto";

const BLOCK_BYTES = 65_536;

/** Each piece is valid until the next one is asked for. */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  using file = await Deno.open(path);
  const block = new Uint8Array(BLOCK_BYTES);
  for (;;) {
    const count = await file.read(block);
    if (count === null) return;
    yield block.subarray(0, count);
  }
}

export interface Digest {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of bytes) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest("hex") };
}

/**
 * Writes a new file that only its owner may read, and flushes it to the disk. Returns what was
 * written. Throws when the file exists.
 */
export async function writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const written = (async function* () {
    for await (const piece of bytes) {
      for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
      yield piece;
    }
  })();
  const digest = await digestOf(written);
  await file.sync();
  return digest;
}

/** Flushes the names in a folder to the disk. */
export async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path);
  await folder.sync();
}

export async function removeIfAny(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
