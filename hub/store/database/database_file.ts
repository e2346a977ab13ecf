/** The file of the database as a thing of the file system: in its place, set aside, written anew. */

import { basename, dirname, join } from "node:path";
import { giveToFolder, statIfAny } from "../../../io/files/atomic_file.ts";
import { Connection } from "./connection.ts";

/** Files that were set aside are kept so many times; older ones are removed. */
const ASIDE_MAX = 3;
/** What SQLite keeps beside the file: what was written last, and an index of it. */
const JOURNAL = "-wal";
const JOURNAL_INDEX = "-shm";
const FILE_MODE = 0o600;
/** For a copy of a file that cannot be opened where it is. */
export const TEMPORARY_FOLDER = "/tmp";

/** Whether the file is still the one that was opened. */
export type Place = "same" | "deleted" | "replaced";

export class DatabaseFile implements Disposable {
  readonly path: string;
  readonly connection: Connection;
  readonly #identity: string | undefined;
  #version: number;

  /** Opens the file, or makes an empty one. Throws SQLite's own error. */
  constructor(path: string) {
    this.path = path;
    // Before it is opened: one that takes its place meanwhile is noticed later.
    this.#identity = identityOf(path);
    this.connection = Connection.toFile(path);
    keepSecret(path);
    this.#version = dataVersion(this.connection);
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }

  /** Throws when the folder cannot be looked at. */
  place(): Place {
    const identity = identityOf(this.path);
    if (identity === undefined) return "deleted";
    return identity === this.#identity ? "same" : "replaced";
  }

  /** Whether another connection has written since this was last asked. */
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
  /** Why the old file is set aside: a part of its new name. */
  readonly why: "damaged" | "replaced";
  /**
   * Closes the old connection. It is read until then; later, SQLite would remove the journal of the new
   * file, which has the same name.
   */
  readonly close: () => void;
}

/**
 * Makes a whole file and puts it in the place of the one at `path`, which is set aside with its journal;
 * answers where it is now, if there was one. A crash in between leaves the old file or the new one.
 * Throws, with the old file in its place, when there is no room for a new one.
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
    // A full disk needs the room.
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

/** For the hub's user alone: phone numbers and sessions are in it. SQLite makes its journals alike. */
function keepSecret(path: string): void {
  for (const file of filesOf(path)) {
    const { mode } = statIfAny(file) ?? {};
    if (typeof mode !== "number" || (mode & 0o777) === FILE_MODE) continue;
    try {
      Deno.chmodSync(file, FILE_MODE);
    } catch {
      // Another's file, or a disk that takes no writes: it is read all the same.
    }
  }
}

/** Makes a file without rows, all of it or nothing: one that is empty is damaged. */
export function createDatabase(path: string): void {
  replaceDatabase(path, { write: () => {}, why: "replaced", close: () => {} });
}

/** Everything that must be readable and writable for SQLite. */
export function filesOf(path: string): readonly string[] {
  return [path, path + JOURNAL, path + JOURNAL_INDEX];
}

/** Whether a file is there in which nothing at all is left. */
export function isEmptied(path: string): boolean {
  return statIfAny(path)?.size === 0 && (statIfAny(path + JOURNAL)?.size ?? 0) === 0;
}

/**
 * Reads a file that cannot even be opened where it is, for SQLite writes an index beside its journal:
 * as a copy, which is gone when `read` returns. Throws when there is no room for it either.
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

/** A crash came after the old file was set aside, and before the new one was in its place. */
export function finishWriting(path: string): void {
  removeFiles(`${path}.part`);
  if (statIfAny(whole(path)) === undefined) return;
  if (statIfAny(path) !== undefined) return removeFiles(whole(path));
  removeFiles(path);
  Deno.renameSync(whole(path), path);
  flushFolder(path);
}

/** It changes with each transaction of another connection. */
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

/** `2026-11-29T13-57-42-123Z`, as a file's name may be everywhere. */
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

/** A name is on the disk when its folder is. */
function flushFolder(path: string): void {
  using folder = Deno.openSync(dirname(path));
  folder.syncSync();
}
