/** Random secrets of a join, of which the hub keeps only a digest. */

import { createHash, randomBytes } from "node:crypto";

/** 192 bits, 32 characters. */
const SECRET_BYTES = 24;
const SECRET = /^[\w-]{32}$/;
const ID_BYTES = 9;

/** Returns a secret that can stand in a URL and in a shell's single quotes. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Returns a name for something that is no secret. */
export function newId(): string {
  return randomBytes(ID_BYTES).toString("base64url");
}

/**
 * Returns the digest by which a secret is found; `undefined` for a text that is none. A look-up by
 * a digest tells nobody by its duration how much of a guess was right.
 */
export function digestOf(text: string): string | undefined {
  return SECRET.test(text) ? createHash("sha256").update(text).digest("base64url") : undefined;
}
