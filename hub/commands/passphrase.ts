/** The passphrase of a backup: from a file, or typed. It is never an argument, which all can read. */

import { readSmallFile } from "../../io/files/small_file.ts";
import { redact } from "../../io/log/redaction.ts";
import type { Options } from "../../io/program/command_line.ts";
import {
  askSecret,
  ownSecretTerminal,
  type SecretTerminal,
} from "../../io/program/secret_question.ts";
import { UsageError, UserError } from "../../io/program/user_error.ts";

const FILE_BYTES_MAX = 1024;
/** Whoever finds the backup can try passphrases without a limit. */
export const PASSPHRASE_LENGTH_MIN = 12;

export const PASSPHRASE_FILE = {
  flags: "--passphrase-file <FILE>",
  description: "encrypts it with the passphrase in that file",
} as const;

/** The passphrase of the file that the options name; `undefined` when they name none. */
export function passphraseFromFile(options: Options): string | undefined {
  const { passphraseFile: path } = options;
  if (typeof path !== "string") return undefined;
  const file = readSmallFile(path, FILE_BYTES_MAX);
  if (file.kind !== "text") {
    throw new UserError(`${path}: expected a readable file with a passphrase, found ${file.found}`);
  }
  const passphrase = file.text.replace(/\r?\n$/, "");
  redact(passphrase);
  return passphrase;
}

/** Asks for a new passphrase, twice. Throws a `UserError` when there is nobody to ask. */
export async function newPassphrase(
  terminal: SecretTerminal = ownSecretTerminal,
): Promise<string> {
  const passphrase = await typedPassphrase("Passphrase of the backup", terminal);
  const again = await typedPassphrase("Again", terminal);
  if (passphrase !== again) throw new UserError("The two passphrases differ");
  return passphrase;
}

/** Asks for the passphrase of a backup. Throws a `UserError` when there is nobody to ask. */
export async function typedPassphrase(
  question: string,
  terminal: SecretTerminal = ownSecretTerminal,
): Promise<string> {
  if (!terminal.isTerminal()) {
    throw new UsageError("Nobody is there to type the passphrase: name a file, --passphrase-file");
  }
  const passphrase = await askSecret(question, terminal);
  if (passphrase === undefined) throw new UserError("Without a passphrase nothing is done");
  redact(passphrase);
  return passphrase;
}

/** Throws a `UsageError` for a passphrase that would be guessed. */
export function assertStrong(passphrase: string): void {
  if (passphrase.length >= PASSPHRASE_LENGTH_MIN) return;
  throw new UsageError(
    `The passphrase: expected ${PASSPHRASE_LENGTH_MIN} characters or more, found ${passphrase.length}`,
  );
}
