/**
 * Manages the broker's users in one Mosquitto password file, for the embedded broker and for
 * Mosquitto.
 */

import { randomBytes } from "node:crypto";
import { parseNodeId } from "../../core/config/values.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { prepareFile, replaceFile, statIfAny } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import { reasonOf, UsageError, UserError } from "../../io/program/user_error.ts";
import { hashPassword, verifyPassword } from "./password_hash.ts";
import { changedUsers, entryOf, textOf, userOf } from "./password_lines.ts";
import { VerifiedPasswords } from "./verified_passwords.ts";

/** The strength of a new password: 192 bits, 32 characters. */
const PASSWORD_BYTES = 24;
/** How often a watcher checks whether another process has changed the file. */
const WATCH_MS = 1000;
/** The owner can write and the group, which Mosquitto is in, can read. */
const FILE_MODE = 0o640;
/** Far more than 20,000 nodes need; a longer file is not a password file. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** A file that has lost users is accepted when it is unchanged after this long. */
const UNCHANGED_MS = 500;
/** A change that a watcher of the password file receives. */
export type CredentialsEvent =
  /** Users whose password is new, renewed or gone, and those of them that are gone. */
  | {
    readonly kind: "changed";
    readonly users: readonly string[];
    readonly gone: ReadonlySet<string>;
  }
  /** The file cannot be read; its last content stays in force. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** Another place for the same credentials, which needs the passwords themselves. */
export interface CredentialKeeper {
  /** Called before the file has a new password. Rejects if the password cannot be kept there. */
  put(user: string, password: string): Promise<void>;
  /** Called after the file has lost a user. Never rejects. */
  remove(user: string): Promise<void>;
}

/** The other place did not take a credential, which therefore does not exist. */
export class KeeperError extends UserError {}

type Listener = (event: CredentialsEvent) => void;

/**
 * The password file at `path`, which processes share: `hub enrol` writes it, the running hub and
 * Mosquitto read it. Each call sees the earlier changes of the others. A missing file has no users.
 *
 * Another program that rewrites the file (`mosquitto_passwd`, an editor, a backup) may first empty
 * it, and reading it at that moment must revoke nobody. So a watcher accepts a file that has lost
 * users only when it stays unchanged for a while. A file without any line, which this class never
 * writes, counts as unreadable.
 */
export class Credentials {
  /** The path of the password file; its folder must exist. */
  readonly path: string;
  readonly #listeners = new Set<Listener>();
  #lines: readonly string[] = [];
  #hashes: ReadonlyMap<string, string> = new Map();
  readonly #verified = new VerifiedPasswords();
  /** Identifies the version of the file that was read. */
  #version = "none";
  /** The version that has lost users, and when it was first seen, in monotonic milliseconds. */
  #doubted: { readonly version: string; readonly sinceMs: number } | undefined;
  #problem: string | undefined;
  #keeper: CredentialKeeper | undefined;

  /** Opens nothing yet. */
  constructor(path: string) {
    this.path = path;
  }

  /** From now on changes that are made in the background reach `keeper`, too. */
  keepAlso(keeper: CredentialKeeper): void {
    this.#keeper = keeper;
  }

  /**
   * Gives `id` a new random password, ends the old one, and returns the new one. The file only
   * keeps its hash. Throws a `UserError` when `id` is no valid user name or the file cannot be read
   * or written.
   */
  enrol(id: string): string {
    assertUserName(id);
    this.#read();
    const password = newPassword();
    this.#write(this.#withUser(id, password));
    return password;
  }

  /** Like `enrol`, but the program does not block while it waits for the disk. */
  async enrolInBackground(id: string): Promise<string> {
    assertUserName(id);
    const password = newPassword();
    await this.#keepElsewhere(id, password);
    await this.#writeInBackground(() => this.#withUser(id, password));
    return password;
  }

  /** Ends the credential of `id`. Returns false when it had none. */
  revoke(id: string): boolean {
    this.#read();
    if (!this.#hashes.has(id)) return false;
    this.#write(this.#withoutUser(id));
    return true;
  }

  /** Like `revoke`, but the program does not block while it waits for the disk. */
  async revokeInBackground(id: string): Promise<boolean> {
    const wasThere = await this.#writeInBackground(() =>
      this.#hashes.has(id) ? this.#withoutUser(id) : undefined
    );
    if (wasThere) await this.#keeper?.remove(id);
    return wasThere;
  }

  /**
   * Returns whether `password` is the current one of `user`. Takes as long for a user that does not
   * exist.
   */
  async verify(user: string, password: string): Promise<boolean> {
    this.#poll();
    const hash = this.#hashes.get(user);
    const isRight = await verifyPassword(hash ?? absentUserHash(), password);
    if (!isRight || hash === undefined) return false;
    this.#verified.add(user, hash, password);
    return true;
  }

  /**
   * Returns whether `verify` has accepted this password before and would still do so. Needs no
   * hash.
   */
  recognises(user: string, password: string): boolean {
    this.#poll();
    const hash = this.#hashes.get(user);
    return hash !== undefined && this.#verified.has(user, hash, password);
  }

  /** Returns whether `user` had a credential when the file was last read. */
  has(user: string): boolean {
    return this.#hashes.has(user);
  }

  /**
   * Returns all users with a credential, in the order of the file. Throws when the file cannot be
   * read.
   */
  users(): readonly string[] {
    this.#read();
    return [...this.#hashes.keys()];
  }

  /** Returns the hashes of all passwords by user. Throws when the file cannot be read. */
  hashes(): ReadonlyMap<string, string> {
    this.#read();
    return this.#hashes;
  }

  /**
   * Reports changes by any process until `signal` is aborted: new users within a second, removed
   * users within two.
   */
  watch(signal: AbortSignal, listener: Listener): void {
    if (signal.aborted) return;
    this.#poll();
    this.#listeners.add(listener);
    const timer = setInterval(() => this.#poll(), WATCH_MS);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.#listeners.delete(listener);
    }, { once: true });
  }

  async #keepElsewhere(id: string, password: string): Promise<void> {
    try {
      await this.#keeper?.put(id, password);
    } catch (error) {
      throw new KeeperError(reasonOf(error), { cause: error });
    }
  }

  #poll(): void {
    try {
      this.#read({ patiently: true });
      this.#problem = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== this.#problem) this.#report({ kind: "unreadable", reason });
      this.#problem = reason;
    }
  }

  #read({ patiently = false } = {}): void {
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
    for (const user of gone) this.#verified.delete(user);
    const users = changedUsers(before, hashes);
    if (users.length > 0) this.#report({ kind: "changed", users, gone });
  }

  #isUnchanged(version: string): boolean {
    const nowMs = performance.now();
    if (this.#doubted?.version !== version) this.#doubted = { version, sinceMs: nowMs };
    return nowMs - this.#doubted.sinceMs >= UNCHANGED_MS;
  }

  #withUser(id: string, password: string): readonly string[] {
    return [...this.#withoutUser(id), `${id}:${hashPassword(password)}`];
  }

  #withoutUser(id: string): readonly string[] {
    return this.#lines.filter((line) => userOf(line) !== id);
  }

  #write(lines: readonly string[]): void {
    orUserError(
      `Cannot write "${this.path}"`,
      this.path,
      () => replaceFile(this.path, textOf(lines), FILE_MODE),
    );
    this.#read();
  }

  /**
   * Writes the lines that `linesOf` makes from the present ones. Returns false when it makes none. If
   * another change of the file comes first, it starts again with the new lines.
   */
  async #writeInBackground(linesOf: () => readonly string[] | undefined): Promise<boolean> {
    for (;;) {
      this.#read();
      const version = this.#version;
      const lines = linesOf();
      if (lines === undefined) return false;
      if (await this.#replace(version, lines)) return true;
    }
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
    this.#read();
    return true;
  }

  #report(event: CredentialsEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
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

/** Throws a `UserError`. */
function assertUserName(id: string): void {
  const parsed = id === HUB_USER ? undefined : parseNodeId(id);
  if (parsed?.ok === false) {
    throw new UsageError(`A node's id: expected ${parsed.expected}, found ${JSON.stringify(id)}`);
  }
}

function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}

/**
 * Returns a hash that matches no password, so that an unknown user takes the same time as a wrong
 * password.
 */
function absentUserHash(): string {
  return `$7$101$${"A".repeat(16)}$${"A".repeat(86)}==`;
}

/** Each write creates a new file, so the inode distinguishes two versions of the same length. */
function versionOf(info: Deno.FileInfo | undefined): string {
  return info ? `${info.ino} ${info.mtime?.getTime()} ${info.size}` : "none";
}
