/** Writes a backup of a state folder into one file, which is complete or not there at all. */

import { basename, dirname, join } from "node:path";
import {
  BACKUP_FILES_MAX,
  type BackupFile,
  CONFIG_NAME,
  encodeManifest,
  FILE_BYTES_MAX,
  MANIFEST_NAME,
} from "../../core/history/backup_manifest.ts";
import type { Config } from "../../core/config/settings.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { VERSION } from "../../core/version.ts";
import { giveToFolder } from "../../io/files/atomic_file.ts";
import { databaseFile } from "../host/state_folder.ts";
import { encrypted } from "./encryption.ts";
import { bytesOf, digestOf, removeIfAny, syncFolder, writeFile } from "./file_bytes.ts";
import { smallStateFiles, type StateFile } from "./state_files.ts";
import { packTar, type TarEntry } from "./tar.ts";

const SECRET_MODE = 0o600;
/** What a kill may leave of a copy of the database. No backup takes as long. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

export interface BackupOptions {
  readonly config: Config;
  /** Where the backup is to be. A file there is replaced. */
  readonly path: string;
  /** Copies the database, as it is now, into an empty file. */
  readonly copyDatabase: (path: string) => Promise<void>;
  /** The text of the hub's configuration, which is then in the backup as well. */
  readonly configText?: string | undefined;
  /** Absent: the backup is not encrypted. */
  readonly passphrase?: string | undefined;
  /** Wall-clock time. */
  readonly nowMs: number;
}

export interface WrittenBackup {
  readonly bytes: number;
  /** The names of the files in it. */
  readonly names: readonly string[];
}

/** A file that is packed. */
interface Part extends BackupFile {
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** Throws the error of the system, of SQLite, or an Error that says what cannot be in a backup. */
export async function writeBackup(options: BackupOptions): Promise<WrittenBackup> {
  const { config, path, copyDatabase, configText, passphrase, nowMs } = options;
  const database = databaseFile(config);
  await removeLeftovers(database, nowMs);
  const copy = `${database}.backup-${crypto.randomUUID()}`;
  const unfinished = `${path}.part`;
  try {
    (await Deno.open(copy, { write: true, createNew: true, mode: SECRET_MODE })).close();
    await copyDatabase(copy);
    const parts = [
      await largePart({ name: basename(database), path: copy, mode: SECRET_MODE }),
      ...await Promise.all((await smallStateFiles(config)).map(smallPart)),
      ...configText === undefined ? [] : [await textPart(CONFIG_NAME, configText)],
    ];
    assertLimits(parts);
    const manifest = await textPart(
      MANIFEST_NAME,
      encodeManifest({
        version: VERSION,
        createdAt: formatRfc3339(nowMs),
        hostname: Deno.hostname(),
        files: parts.map(({ name, size, sha256, mode }) => ({ name, size, sha256, mode })),
      }),
    );
    const entries: readonly TarEntry[] = [manifest, ...parts].map((part) => ({
      ...part,
      content: part.content(),
    }));
    const packed = ReadableStream.from(packTar(entries)).pipeThrough(
      new CompressionStream("gzip"),
    );
    await removeIfAny(unfinished);
    const bytes = passphrase === undefined ? packed : await encrypted(packed, passphrase);
    const { size } = await writeFile(unfinished, bytes);
    giveToFolder(unfinished);
    await Deno.rename(unfinished, path);
    await syncFolder(dirname(path));
    return { bytes: size, names: parts.map(({ name }) => name) };
  } catch (error) {
    // A full disk needs the space. The first error is the relevant one.
    await removeIfAny(unfinished).catch(() => {});
    throw error;
  } finally {
    for (const end of ["", "-journal"]) await removeIfAny(copy + end);
  }
}

/** A file that nobody changes meanwhile, of any size. */
async function largePart(file: StateFile): Promise<Part> {
  const content = () => bytesOf(file.path);
  return { name: file.name, mode: file.mode, ...await digestOf(content()), content };
}

/** Reads the file once, because it may change at any time. */
async function smallPart({ name, path, mode }: StateFile): Promise<Part> {
  return await bytesPart(name, mode, await Deno.readFile(path));
}

async function textPart(name: string, text: string): Promise<Part> {
  return await bytesPart(name, SECRET_MODE, new TextEncoder().encode(text));
}

async function bytesPart(name: string, mode: number, bytes: Uint8Array): Promise<Part> {
  const content = () => ReadableStream.from([bytes]);
  return { name, mode, ...await digestOf(content()), content };
}

function assertLimits(parts: readonly Part[]): void {
  if (parts.length > BACKUP_FILES_MAX) {
    throw new Error(`the state folder has ${parts.length} files, more than ${BACKUP_FILES_MAX}`);
  }
  const large = parts.find(({ size }) => size > FILE_BYTES_MAX);
  if (large !== undefined) throw new Error(`"${large.name}" is too large for a backup`);
}

/** A killed backup leaves the copy of the database behind. */
async function removeLeftovers(database: string, nowMs: number): Promise<void> {
  const prefix = `${basename(database)}.backup-`;
  for await (const { name } of Deno.readDir(dirname(database))) {
    if (!name.startsWith(prefix)) continue;
    const path = join(dirname(database), name);
    const { mtime } = await Deno.stat(path);
    if (nowMs - (mtime?.getTime() ?? 0) > LEFT_BEHIND_MS) await removeIfAny(path);
  }
}
