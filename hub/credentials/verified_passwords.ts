/** The passwords that were right lately: a node that comes back costs no hash and waits for nobody. */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

interface Verified {
  /** The line of the password file that it was checked against. */
  readonly hash: string;
  readonly digest: Buffer;
}

/** Keeps no password, but a digest of each under a key of this run. */
export class VerifiedPasswords {
  readonly #key = randomBytes(32);
  readonly #byUser = new Map<string, Verified>();

  /** `password` was right for what the file says of `user`. */
  add(user: string, hash: string, password: string): void {
    this.#byUser.set(user, { hash, digest: this.#digestOf(password) });
  }

  /** Whether `password` was right before, and the file still says the same of `user`. */
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
