/** The password file, which several programs read and write. */

import { prepareFile, replaceFile, statIfAny } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { changedUsers, entryOf, textOf } from "./password_lines.ts";

/** The owner can write and the group, which Mosquitto is in, can read. */
const FILE_MODE = 0o640;
/** Far more than 20,000 nodes need; a longer file is not a password file. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** A file that has lost users is accepted when it is unchanged after this long. */
const UNCHANGED_MS = 500;

/** The users whose password is new, renewed or gone, and those of them that are gone. */
export interface UsersChange {
  readonly users: readonly string[];
  readonly gone: ReadonlySet<string>;
}

/**
 * The file at `path` as it was last read. A missing file has no users.
 *
 * Another program that rewrites the file (`mosquitto_passwd`, an editor, a backup) may first empty
 * it, and reading it at that moment must revoke nobody. So a watcher accepts a file that has lost
 * users only when it stays unchanged for a while. A file without any line, which this class never
 * writes, counts as unreadable.
 */
export class PasswordFile {
  readonly path: string;
  readonly #onChange: (change: UsersChange) => void;
  #lines: readonly string[] = [];
  #hashes: ReadonlyMap<string, string> = new Map();
  /** Identifies the version of the file that was read. */
  #version = "none";
  /** The version that has lost users, and when it was first seen, in monotonic milliseconds. */
  #doubted: { readonly version: string; readonly sinceMs: number } | undefined;

  /** Opens nothing yet. `onChange` is called when a reading finds other users or passwords. */
  constructor(path: string, onChange: (change: UsersChange) => void) {
    this.path = path;
    this.#onChange = onChange;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The hashes of all passwords by user, in the order of the file. */
  get hashes(): ReadonlyMap<string, string> {
    return this.#hashes;
  }

  /**
   * Reads the file again if it has changed since. Throws a `UserError` when it cannot be read.
   * `patiently`: a file that has lost users is read when it stays unchanged for a while.
   */
  read({ patiently = false } = {}): void {
    const info = orUserError(`Cannot read "${this.path}"`, this.path, () => statIfAny(this.path));
    const version = versionOf(info);
    if (version === this.#version) return;
    if (info && info.size > FILE_BYTES_MAX) {
      throw new UserError(`Cannot read "${this.path}": ${info.size} bytes is no password file`);
    }
    const text = info
      ? orUserError(`Cannot read "${this.path}"`, this.path, () => Deno.readTextFileSync(this.path))
      : "";
    const lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "");
    const before = this.#hashes;
    if (lines.length === 0 && before.size > 0) {
      throw new UserError(`"${this.path}" is ${info ? "empty" : "missing"}; its users stay`);
    }
    const hashes = new Map(lines.flatMap(entryOf));
    const gone = new Set([...before.keys()].filter((user) => !hashes.has(user)));
    const isCut = before.size > 0 && !text.endsWith("\n");
    if (patiently && (gone.size > 0 || isCut) && !this.#isUnchanged(version)) return;
    this.#lines = lines;
    this.#hashes = hashes;
    this.#version = version;
    const users = changedUsers(before, hashes);
    if (users.length > 0) this.#onChange({ users, gone });
  }

  /** Replaces the file. Throws a `UserError` when it cannot be written. */
  write(lines: readonly string[]): void {
    orUserError(
      `Cannot write "${this.path}"`,
      this.path,
      () => replaceFile(this.path, textOf(lines), FILE_MODE),
    );
    this.read();
  }

  /**
   * Writes the lines that `linesOf` makes from the present ones. Returns false when it makes none. If
   * another change of the file comes first, it starts again with the new lines.
   */
  async writeInBackground(linesOf: () => readonly string[] | undefined): Promise<boolean> {
    for (;;) {
      this.read();
      const version = this.#version;
      const lines = linesOf();
      if (lines === undefined) return false;
      if (await this.#replace(version, lines)) return true;
    }
  }

  #isUnchanged(version: string): boolean {
    const nowMs = performance.now();
    if (this.#doubted?.version !== version) this.#doubted = { version, sinceMs: nowMs };
    return nowMs - this.#doubted.sinceMs >= UNCHANGED_MS;
  }

  /** Returns false when the file no longer has this version. */
  async #replace(version: string, lines: readonly string[]): Promise<boolean> {
    try {
      using prepared = await prepareFile(this.path, textOf(lines), FILE_MODE);
      if (versionOf(statIfAny(this.path)) !== version) return false;
      prepared.put();
    } catch (error) {
      throw userError(`Cannot write "${this.path}"`, this.path, error);
    }
    this.read();
    return true;
  }
}

function orUserError<T>(what: string, path: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw userError(what, path, error);
  }
}

function userError(what: string, path: string, error: unknown): UserError {
  return new UserError(`${what}: ${accessAdvice([path]) ?? reasonOf(error)}`, { cause: error });
}

/** Each write creates a new file, so the inode distinguishes two versions of the same length. */
function versionOf(info: Deno.FileInfo | undefined): string {
  return info ? `${info.ino} ${info.mtime?.getTime()} ${info.size}` : "none";
}
