/** Unpacks a backup into a folder of its own, and checks all of it there. */

import { basename, dirname, join } from "node:path";
import {
  type BackupFile,
  type BackupManifest,
  CONFIG_NAME,
  decodeManifest,
  encodeManifest,
  isBackupPath,
  MANIFEST_LENGTH_MAX,
  MANIFEST_NAME,
} from "../../core/history/backup_manifest.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { databaseProblem } from "../store/database/database_copy.ts";
import { decrypted, encryptionProblem, HEAD_BYTES, kindOf } from "./encryption.ts";
import { bytesOf, removeIfAny, writeFile } from "./file_bytes.ts";
import { type TarEntry, unpackTar } from "./tar.ts";

const FOLDER_MODE = 0o700;
/** What the files of a state may allow beyond their owner: Mosquitto reads one by its group. */
const MODE_MASK = 0o640;
/** A text of this length is no configuration. */
const CONFIG_BYTES_MAX = 64 * 1024;

export interface BackupSource {
  readonly path: string;
  /** Asked for an encrypted backup only. */
  readonly passphrase: () => Promise<string>;
}

export interface UnpackedBackup {
  readonly manifest: BackupManifest;
  /** The configuration of the hub that made it, if it is in the backup. */
  readonly configText: string | undefined;
}

export interface UnpackOptions {
  /** A folder that does not exist. */
  readonly into: string;
  /** The file name of the database. */
  readonly database: string;
  /** Called before the first file is written. Throws to end it. */
  readonly check: (manifest: BackupManifest) => void;
}

/**
 * Throws a `UserError` for a file that is no backup, damaged, cut off or of a newer version, or
 * whose passphrase is wrong. Then the folder does not exist.
 */
export async function unpackBackup(
  source: BackupSource,
  options: UnpackOptions,
): Promise<UnpackedBackup> {
  const { path } = source;
  try {
    const bytes = await plainBytes(source);
    await removeIfAny(options.into);
    return await unpack(bytes, options);
  } catch (error) {
    await removeIfAny(options.into).catch(() => {});
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot restore "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

/** The bytes of the archive, decrypted and decompressed. */
async function plainBytes(
  { path, passphrase }: BackupSource,
): Promise<ReadableStream<Uint8Array>> {
  const head = await headOf(path);
  const bytes = ReadableStream.from(copiesOf(bytesOf(path)));
  switch (kindOf(head)) {
    case "unknown":
      throw new Error("it is no backup of a hub");
    case "plain":
      return bytes.pipeThrough(new DecompressionStream("gzip"));
    case "encrypted": {
      const problem = encryptionProblem(head);
      if (problem !== undefined) throw new Error(problem);
      const plain = await decrypted(bytes, await passphrase()).catch((error) => {
        throw new UserError(`The passphrase is not that of "${path}"`, { cause: error });
      });
      return ReadableStream.from(copiesOf(plain)).pipeThrough(new DecompressionStream("gzip"));
    }
  }
}

/** Streams keep pieces, and a file is read into the same piece again and again. */
async function* copiesOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  for await (const piece of bytes) yield new Uint8Array(piece);
}

async function headOf(path: string): Promise<Uint8Array> {
  for await (const piece of bytesOf(path)) return piece.slice(0, HEAD_BYTES);
  return new Uint8Array();
}

async function unpack(
  bytes: ReadableStream<Uint8Array>,
  { into, database, check }: UnpackOptions,
): Promise<UnpackedBackup> {
  let manifest: BackupManifest | undefined;
  let configText: string | undefined;
  const missing = new Map<string, BackupFile>();
  for await (const entry of unpackTar(bytes)) {
    if (manifest === undefined) {
      manifest = await readManifest(entry);
      for (const file of manifest.files) missing.set(file.name, file);
      if (!missing.has(database)) throw new Error("it has no database");
      check(manifest);
      await Deno.mkdir(into, { mode: FOLDER_MODE });
      // Whoever puts the state in its place needs the list, also after an interruption.
      await Deno.writeTextFile(join(into, MANIFEST_NAME), encodeManifest(manifest));
      continue;
    }
    const file = missing.get(entry.name);
    if (file === undefined || file.size !== entry.size || !isBackupPath(entry.name)) {
      throw new Error(`"${entry.name}" is not what its list of files says`);
    }
    missing.delete(entry.name);
    await writeChecked(entry, file, join(into, entry.name));
    if (entry.name === CONFIG_NAME) configText = await takeConfig(join(into, CONFIG_NAME));
  }
  if (manifest === undefined) throw new Error("it is empty");
  const [absent] = missing.keys();
  if (absent !== undefined) throw new Error(`"${absent}" is missing in it`);
  const problem = databaseProblem(join(into, database));
  if (problem === "damaged") throw new Error("its database is damaged");
  if (problem === "newer") throw new Error("its database is of a newer version than this hub");
  // The state is as old as its backup: a second restore does not find a newer one.
  const made = new Date(manifest.createdAt);
  await Deno.utime(join(into, database), made, made);
  return { manifest, configText };
}

async function readManifest({ name, size, content }: TarEntry): Promise<BackupManifest> {
  // A character has at most three bytes for each of its UTF-16 units.
  if (name !== MANIFEST_NAME || size > 3 * MANIFEST_LENGTH_MAX) {
    throw new Error("it is no backup of a hub");
  }
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of content) text += decoder.decode(piece, { stream: true });
  const decoded = decodeManifest(text + decoder.decode());
  if (!decoded.ok) throw new Error(`${MANIFEST_NAME}: ${decoded.reason}`);
  return decoded.value;
}

async function writeChecked(entry: TarEntry, file: BackupFile, path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const { sha256 } = await writeFile(path, entry.content);
  if (sha256 !== file.sha256) throw new Error(`"${basename(path)}" is damaged in it`);
  await Deno.chmod(path, (file.mode & MODE_MASK) | 0o600);
}

/** The configuration has a place of its own. */
async function takeConfig(path: string): Promise<string> {
  if ((await Deno.stat(path)).size > CONFIG_BYTES_MAX) throw new Error("its hub.ini is too long");
  const text = await Deno.readTextFile(path);
  await Deno.remove(path);
  return text;
}
