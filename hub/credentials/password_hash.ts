/**
 * Hashes passwords like `mosquitto_passwd`: `$7$iterations$salt$hash`, PBKDF2-HMAC-SHA512, base64.
 */

import { Buffer } from "node:buffer";
import { pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Mosquitto's own number. More iterations would protect a guessable password. Ours have 192 random
 * bits, and a restarted broker must admit its whole cluster within a second.
 */
const ITERATIONS = 101;
/** A hash in the file with more iterations is rejected, because each login would stall a Pi. */
const ITERATIONS_MAX = 100_000;
/** The length that Mosquitto 2.0 reads; it refuses other lengths. */
const SALT_BYTES = 12;
const HASH_BYTES = 64;
const FORMAT = /^\$7\$([1-9][0-9]{0,5})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** Returns the hash of a password, with a fresh salt. */
export function hashPassword(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const hash = pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, "sha512");
  return `$7$${ITERATIONS}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/** The parts of a hash in this format, salt and hash in base64; `undefined` for another format. */
export function hashParts(
  text: string,
): { readonly iterations: number; readonly salt: string; readonly hash: string } | undefined {
  const [, iterations, salt, hash] = FORMAT.exec(text) ?? [];
  if (iterations === undefined || salt === undefined || hash === undefined) return undefined;
  return { iterations: Number(iterations), salt, hash };
}

/** Returns whether `password` matches `hash`; false if the hash has another format. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const [, iterations, salt, expected] = FORMAT.exec(hash) ?? [];
  if (iterations === undefined || salt === undefined || expected === undefined) return false;
  if (Number(iterations) > ITERATIONS_MAX) return false;
  const expectedBytes = Buffer.from(expected, "base64");
  if (expectedBytes.length !== HASH_BYTES) return false;
  const found = await derive(password, Buffer.from(salt, "base64"), Number(iterations));
  return timingSafeEqual(found, expectedBytes);
}

function derive(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, HASH_BYTES, "sha512", (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
