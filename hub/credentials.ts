/** Who may log in to the broker: one Mosquitto password file, whichever broker is in use. */

import { randomBytes } from "node:crypto";
import { HUB_USER } from "../core/access.ts";
import { NODE_ID_PATTERN } from "../core/wire.ts";
import { replaceFile, statIfAny } from "./atomic_file.ts";
import { hashPassword, verifyPassword } from "./password_hash.ts";

/** A fresh password's strength: 192 bits, 32 characters. */
const PASSWORD_BYTES = 24;
/** How often a watcher looks whether another process has changed the file. */
const WATCH_MS = 1000;
/** The owner writes, Mosquitto reads through the group, nobody else. */
const FILE_MODE = 0o640;
/** Far more than 5,000 nodes need; a longer file is not a password file. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** What a watcher of the password file learns. */
export type CredentialsEvent =
  /** Users whose password is new, renewed or gone. */
  | { readonly kind: "changed"; readonly users: readonly string[] }
  /** The file cannot be read; what it last said stays in force. */
  | { readonly kind: "unreadable"; readonly reason: string };

type Listener = (event: CredentialsEvent) => void;

/**
 * The password file at `path`, shared with other processes: `hub enrol` writes it, the running hub
 * and Mosquitto read it. Each call sees what the others wrote before. A missing file has no users.
 */
export class Credentials {
  /** The password file; its folder must exist. */
  readonly path: string;
  readonly #listeners = new Set<Listener>();
  #lines: readonly string[] = [];
  #hashes: ReadonlyMap<string, string> = new Map();
  /** Identifies the version of the file that is known. */
  #version = "none";
  #problem: string | undefined;

  /** Opens nothing yet. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Gives `id` a new random password, ending its old one, and answers it; it is kept as a hash only.
   * Throws when `id` can be no user name or the file cannot be read or written.
   */
  enrol(id: string): string {
    if (id !== HUB_USER && !NODE_ID_PATTERN.test(id)) {
      throw new Error(`A node's id is 1 to 63 of a-z, 0-9 and "-", found ${JSON.stringify(id)}`);
    }
    this.#read();
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    this.#write([
      ...this.#lines.filter((line) => userOf(line) !== id),
      `${id}:${hashPassword(password)}`,
    ]);
    return password;
  }

  /** Ends the credential of `id`. False when it had none. */
  revoke(id: string): boolean {
    this.#read();
    if (!this.#hashes.has(id)) return false;
    this.#write(this.#lines.filter((line) => userOf(line) !== id));
    return true;
  }

  /** Whether `password` is the one that `user` has now. Takes as long for a user that does not exist. */
  async verify(user: string, password: string): Promise<boolean> {
    this.#poll();
    const hash = this.#hashes.get(user);
    const isRight = await verifyPassword(hash ?? absentUserHash(), password);
    return isRight && hash !== undefined;
  }

  /** All that have a credential, in the order of the file. Throws when the file cannot be read. */
  users(): readonly string[] {
    this.#read();
    return [...this.#hashes.keys()];
  }

  /** Tells `listener` within a second what changes, by whichever process, until `signal` is aborted. */
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

  #poll(): void {
    try {
      this.#read();
      this.#problem = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#problem) this.#tell({ kind: "unreadable", reason });
      this.#problem = reason;
    }
  }

  #read(): void {
    const info = statIfAny(this.path);
    const version = versionOf(info);
    if (version === this.#version) return;
    if (info && info.size > FILE_BYTES_MAX) {
      throw new Error(`Cannot read "${this.path}": ${info.size} bytes is no password file`);
    }
    const text = info ? Deno.readTextFileSync(this.path) : "";
    this.#lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "");
    const before = this.#hashes;
    this.#hashes = new Map(this.#lines.flatMap(entryOf));
    this.#version = version;
    const users = changedUsers(before, this.#hashes);
    if (users.length > 0) this.#tell({ kind: "changed", users });
  }

  #write(lines: readonly string[]): void {
    replaceFile(this.path, lines.map((line) => `${line}\n`).join(""), FILE_MODE);
    this.#read();
  }

  #tell(event: CredentialsEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** A hash that no password has, so that an unknown user costs the same time as a wrong password. */
function absentUserHash(): string {
  return `$7$101$${"A".repeat(16)}$${"A".repeat(86)}==`;
}

function userOf(line: string): string {
  return line.slice(0, Math.max(line.indexOf(":"), 0));
}

/** Comments and lines without a user stay in the file and admit nobody. */
function entryOf(line: string): [user: string, hash: string][] {
  const user = userOf(line);
  return user === "" || user.startsWith("#") ? [] : [[user, line.slice(user.length + 1)]];
}

function changedUsers(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const users = new Set([...before.keys(), ...after.keys()]);
  return [...users].filter((user) => before.get(user) !== after.get(user));
}

/** Each write makes a new file, so that its inode tells two versions of the same length apart. */
function versionOf(info: Deno.FileInfo | undefined): string {
  return info ? `${info.ino} ${info.mtime?.getTime()} ${info.size}` : "none";
}
