/**
 * Remembers recently verified passwords, so that a returning node needs no hash and does not wait.
 */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

interface Verified {
  /** The line of the password file with which it was compared. */
  readonly hash: string;
  readonly digest: Buffer;
}

/** Keeps no passwords, only a digest of each under a key of this run. */
export class VerifiedPasswords {
  readonly #key = randomBytes(32);
  readonly #byUser = new Map<string, Verified>();

  /** `password` matched the file's `hash` of `user`. */
  add(user: string, hash: string, password: string): void {
    this.#byUser.set(user, { hash, digest: this.#digestOf(password) });
  }

  /** Returns whether `password` matched before and the file still has the same hash for `user`. */
  has(user: string, hash: string, password: string): boolean {
    const verified = this.#byUser.get(user);
    if (verified === undefined || verified.hash !== hash) return false;
    return timingSafeEqual(verified.digest, this.#digestOf(password));
  }

  delete(user: string): void {
    this.#byUser.delete(user);
  }

  #digestOf(password: string): Buffer {
    return createHmac("sha256", this.#key).update(password).digest();
  }
}
