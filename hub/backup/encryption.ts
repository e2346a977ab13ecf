/** Encrypts a backup with a passphrase in the age format, which the program `age` reads as well. */

import { Decrypter, Encrypter } from "age-encryption";

/** The first bytes of an encrypted backup, and of one that is not. */
const AGE = new TextEncoder().encode("age-encryption.org/v1\n");
const GZIP = new Uint8Array([0x1f, 0x8b]);
/**
 * The work of a guess, as a power of two: 64 MiB of memory, a few seconds on a Pi. The format's
 * default of 18 needs 256 MiB.
 */
const WORK = 16;
/** More than this would use up the memory. It is in the file, which may be anybody's. */
const WORK_MAX = 18;
/** The header of a file with one passphrase is about 150 bytes long. */
export const HEAD_BYTES = 512;

export type BackupKind = "plain" | "encrypted" | "unknown";

/** `head` is the first bytes of a file. */
export function kindOf(head: Uint8Array): BackupKind {
  const beginsWith = (start: Uint8Array) => start.every((byte, at) => head[at] === byte);
  if (beginsWith(AGE)) return "encrypted";
  return beginsWith(GZIP) ? "plain" : "unknown";
}

/** Why an encrypted backup cannot be decrypted by a passphrase; `undefined` when it can. */
export function encryptionProblem(head: Uint8Array): string | undefined {
  const [, work] = /^-> scrypt \S+ (\d+)$/m.exec(new TextDecoder("latin1").decode(head)) ?? [];
  if (work === undefined) return "it is not encrypted with a passphrase";
  return Number(work) > WORK_MAX ? `its passphrase needs too much memory (${work})` : undefined;
}

export async function encrypted(
  bytes: ReadableStream<Uint8Array>,
  passphrase: string,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(WORK);
  return await encrypter.encrypt(bytes);
}

/** Rejects when the passphrase is wrong. The stream fails where the file is damaged. */
export async function decrypted(
  bytes: ReadableStream<Uint8Array>,
  passphrase: string,
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return await decrypter.decrypt(bytes);
}
