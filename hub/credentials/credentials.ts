/**
 * Manages the broker's users in one Mosquitto password file, for the embedded broker and for
 * Mosquitto.
 */

import { randomBytes } from "node:crypto";
import { parseNodeId } from "../../core/config/values.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { reasonOf, UsageError, UserError } from "../../io/program/user_error.ts";
import { hashPassword, verifyPassword } from "./password_hash.ts";
import { PasswordFile, type UsersChange } from "./password_file.ts";
import { userOf } from "./password_lines.ts";
import { VerifiedPasswords } from "./verified_passwords.ts";

/** The strength of a new password: 192 bits, 32 characters. */
const PASSWORD_BYTES = 24;
/** How often a watcher checks whether another process has changed the file. */
const WATCH_MS = 1000;
/** A change that a watcher of the password file receives. */
export type CredentialsEvent =
  | UsersChange & { readonly kind: "changed" }
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
 */
export class Credentials {
  /** The path of the password file; its folder must exist. */
  readonly path: string;
  readonly #listeners = new Set<Listener>();
  readonly #file: PasswordFile;
  readonly #verified = new VerifiedPasswords();
  #problem: string | undefined;
  #keeper: CredentialKeeper | undefined;

  /** Opens nothing yet. */
  constructor(path: string) {
    this.path = path;
    this.#file = new PasswordFile(path, (change) => this.#take(change));
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
    this.#file.read();
    const password = newPassword();
    this.#file.write(this.#withUser(id, password));
    return password;
  }

  /** Like `enrol`, but the program does not block while it waits for the disk. */
  async enrolInBackground(id: string): Promise<string> {
    assertUserName(id);
    const password = newPassword();
    await this.#keepElsewhere(id, password);
    await this.#file.writeInBackground(() => this.#withUser(id, password));
    return password;
  }

  /** Ends the credential of `id`. Returns false when it had none. */
  revoke(id: string): boolean {
    this.#file.read();
    if (!this.#file.hashes.has(id)) return false;
    this.#file.write(this.#withoutUser(id));
    return true;
  }

  /** Like `revoke`, but the program does not block while it waits for the disk. */
  async revokeInBackground(id: string): Promise<boolean> {
    const wasThere = await this.#file.writeInBackground(() =>
      this.#file.hashes.has(id) ? this.#withoutUser(id) : undefined
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
    const hash = this.#file.hashes.get(user);
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
    const hash = this.#file.hashes.get(user);
    return hash !== undefined && this.#verified.has(user, hash, password);
  }

  /** Returns whether `user` had a credential when the file was last read. */
  has(user: string): boolean {
    return this.#file.hashes.has(user);
  }

  /** All users with a credential when the file was last read. */
  get known(): readonly string[] {
    return [...this.#file.hashes.keys()];
  }

  /**
   * Returns all users with a credential, in the order of the file. Throws when the file cannot be
   * read.
   */
  users(): readonly string[] {
    this.#file.read();
    return [...this.#file.hashes.keys()];
  }

  /** Returns the hashes of all passwords by user. Throws when the file cannot be read. */
  hashes(): ReadonlyMap<string, string> {
    this.#file.read();
    return this.#file.hashes;
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
      this.#file.read({ patiently: true });
      this.#problem = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== this.#problem) this.#report({ kind: "unreadable", reason });
      this.#problem = reason;
    }
  }

  #withUser(id: string, password: string): readonly string[] {
    return [...this.#withoutUser(id), `${id}:${hashPassword(password)}`];
  }

  #withoutUser(id: string): readonly string[] {
    return this.#file.lines.filter((line) => userOf(line) !== id);
  }

  #take({ users, gone }: UsersChange): void {
    for (const user of gone) this.#verified.delete(user);
    this.#report({ kind: "changed", users, gone });
  }

  #report(event: CredentialsEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
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
