/** Asks the person at the terminal for a secret, such as a passphrase. */

import { ownTerminal, type Terminal } from "./question.ts";

/** A terminal that can hide what is typed. */
export interface SecretTerminal extends Terminal {
  /** While it is raw, nothing is shown, and each key is read at once. */
  setRaw(isRaw: boolean): void;
}

/** More keys than a person types between two reads. */
const READ_BYTES = 256;
/** Longer than any passphrase that a person types. */
const SECRET_BYTES_MAX = 1024;
const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = [3, 4, 8, 127];
const ENDS: ReadonlySet<number> = new Set([10, 13]);

export const ownSecretTerminal: SecretTerminal = {
  ...ownTerminal,
  setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
};

/** Reads a line that is not shown. Returns `undefined` when the person gave up. */
export async function askSecret(
  question: string,
  terminal: SecretTerminal,
): Promise<string | undefined> {
  terminal.write(`${question}: `);
  terminal.setRaw(true);
  try {
    const typed: number[] = [];
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const count = await terminal.read(buffer);
      if (count === null) return undefined;
      for (const byte of buffer.subarray(0, count)) {
        if (byte === CTRL_C || byte === CTRL_D) return undefined;
        if (ENDS.has(byte)) return new TextDecoder().decode(Uint8Array.from(typed));
        if (byte === BACKSPACE || byte === DELETE) removeCharacter(typed);
        else if (typed.length < SECRET_BYTES_MAX) typed.push(byte);
      }
    }
  } finally {
    terminal.setRaw(false);
    terminal.write("\n");
  }
}

/** A character of UTF-8 ends with bytes of the form 10xxxxxx, if it has more than one. */
function removeCharacter(bytes: number[]): void {
  let last = bytes.pop();
  while (last !== undefined && last >> 6 === 0b10) last = bytes.pop();
}
