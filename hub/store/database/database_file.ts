/** Operations on the database's file: open, set aside, replace. */

import { basename, dirname, join } from "node:path";
import { giveToFolder, statIfAny } from "../../../io/files/atomic_file.ts";
import { Connection } from "./connection.ts";

/** The number of set-aside files that are kept. Older ones are removed. */
const ASIDE_MAX = 3;
/** SQLite's files beside the database: the latest writes, and an index of them. */
const JOURNAL = "-wal";
const JOURNAL_INDEX = "-shm";
const FILE_MODE = 0o600;
/** For a copy of a file that cannot be opened in its place. */
export const TEMPORARY_FOLDER = "/tmp";

/** Whether the path still leads to the file that was opened. */
export type Place = "same" | "deleted" | "replaced";

export class DatabaseFile implements Disposable {
  readonly path: string;
  readonly connection: Connection;
  readonly #identity: string | undefined;
  #version: number;

  /** Opens or creates the file. Throws SQLite's own error. */
  constructor(path: string) {
    this.path = path;
    // Read before opening, so that `place` notices a file that was replaced meanwhile.
    this.#identity = identityOf(path);
    this.connection = Connection.toFile(path);
    keepSecret(path);
    this.#version = dataVersion(this.connection);
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }

  /** Throws when the folder cannot be read. */
  place(): Place {
    const identity = identityOf(this.path);
    if (identity === undefined) return "deleted";
    return identity === this.#identity ? "same" : "replaced";
  }

  /** Returns whether another connection has written since the last call. */
  isChangedByOthers(): boolean {
    const version = dataVersion(this.connection);
    const isChanged = version !== this.#version;
    this.#version = version;
    return isChanged;
  }
}

export interface Replacement {
  /** Fills the new file. */
  readonly write: (file: Connection) => void;
  /** Why the old file is set aside; this becomes part of its new name. */
  readonly why: "damaged" | "replaced";
  /**
   * Closes the old connection, which is read until then. If it were closed later, SQLite would
   * remove the journal of the new file, which has the same name.
   */
  readonly close: () => void;
}

/**
 * Creates a complete file and puts it at `path`. The old file is set aside with its journal; the
 * function returns its new path, if there was one. After a crash there is either the old or the new
 * file. When there is no space for a new one, the function throws and leaves the old file in place.
 */
export function replaceDatabase(
  path: string,
  { write, why, close }: Replacement,
): string | undefined {
  const part = `${path}.part`;
  try {
    writePart(part, write);
    Deno.renameSync(part, whole(path));
  } catch (error) {
    // A full disk needs the space.
    removeFiles(part);
    throw error;
  }
  const isThere = statIfAny(path) !== undefined;
  const aside = isThere ? `${path}.${why}-${stamp(new Date())}` : undefined;
  if (aside !== undefined) setAside(path, aside);
  close();
  removeFiles(path);
  Deno.renameSync(whole(path), path);
  flushFolder(path);
  return aside;
}

function writePart(part: string, write: (file: Connection) => void): void {
  removeFiles(part);
  {
    using file = Connection.toFile(part, "DELETE");
    keepSecret(part);
    file.migrate();
    file.transaction(() => write(file));
  }
  giveToFolder(part);
}

/**
 * Restricts the file to the hub's user, because it holds phone numbers and sessions. SQLite gives
 * its journals the same mode.
 */
function keepSecret(path: string): void {
  for (const file of filesOf(path)) {
    const { mode } = statIfAny(file) ?? {};
    if (typeof mode !== "number" || (mode & 0o777) === FILE_MODE) continue;
    try {
      Deno.chmodSync(file, FILE_MODE);
    } catch {
      // The file of another user, or a read-only disk: it can still be read.
    }
  }
}

/**
 * Atomically creates a file with empty tables, because a completely empty file counts as damaged.
 */
export function createDatabase(path: string): void {
  replaceDatabase(path, { write: () => {}, why: "replaced", close: () => {} });
}

/** Returns all files that SQLite must be able to read and write. */
export function filesOf(path: string): readonly string[] {
  return [path, path + JOURNAL, path + JOURNAL_INDEX];
}

/** Returns whether the file exists but is completely empty. */
export function isEmptied(path: string): boolean {
  return statIfAny(path)?.size === 0 && (statIfAny(path + JOURNAL)?.size ?? 0) === 0;
}

/**
 * Reads a file that cannot be opened in its place, because SQLite writes an index beside its
 * journal. It reads a copy, which is removed when `read` returns. Throws when there is no space for
 * the copy either.
 */
export function withCopy<T>(path: string, read: (copy: Connection) => T): T {
  const folder = Deno.makeTempDirSync({ dir: TEMPORARY_FOLDER, prefix: "rpi-cluster-" });
  try {
    const copy = join(folder, basename(path));
    for (const end of ["", JOURNAL]) {
      if (statIfAny(path + end) !== undefined) Deno.copyFileSync(path + end, copy + end);
    }
    using connection = Connection.toFile(copy);
    return read(connection);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/**
 * Completes a replacement that crashed after the old file was set aside and before the new one was
 * in place.
 */
export function finishWriting(path: string): void {
  removeFiles(`${path}.part`);
  if (statIfAny(whole(path)) === undefined) return;
  if (statIfAny(path) !== undefined) return removeFiles(whole(path));
  removeFiles(path);
  Deno.renameSync(whole(path), path);
  flushFolder(path);
}

/** Changes with each transaction of another connection. */
function dataVersion(connection: Connection): number {
  return Number(connection.get("PRAGMA data_version", {})?.data_version);
}

function setAside(path: string, aside: string): void {
  Deno.renameSync(path, aside);
  if (statIfAny(path + JOURNAL) !== undefined) Deno.renameSync(path + JOURNAL, aside + JOURNAL);
  removeIfAny(path + JOURNAL_INDEX);
  for (const old of asideFiles(path).slice(0, -ASIDE_MAX)) removeFiles(old);
}

/** Oldest first. */
function asideFiles(path: string): readonly string[] {
  const pattern = /\.(damaged|replaced)-([0-9TZ-]+)$/;
  const folder = dirname(path);
  const at = (name: string) => pattern.exec(name)?.[2] ?? "";
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith(`${basename(path)}.`) && pattern.test(name))
    .toSorted((one, other) => at(one) < at(other) ? -1 : 1)
    .map((name) => join(folder, name));
}

function whole(path: string): string {
  return `${path}.new`;
}

/** `2026-11-29T13-57-42-123Z`, which is a valid file name everywhere. */
function stamp(date: Date): string {
  return date.toISOString().replaceAll(/[:.]/g, "-");
}

function identityOf(path: string): string | undefined {
  const info = statIfAny(path);
  return info && `${info.dev} ${info.ino}`;
}

function removeFiles(path: string): void {
  for (const end of ["", JOURNAL, JOURNAL_INDEX, "-journal"]) removeIfAny(path + end);
}

function removeIfAny(path: string): void {
  if (statIfAny(path) !== undefined) Deno.removeSync(path);
}

/** Flushes the folder, which puts a new name on the disk. */
function flushFolder(path: string): void {
  using folder = Deno.openSync(dirname(path));
  folder.syncSync();
}
