/** Asks the person at the terminal a question. */

/** Reads answers and writes questions: standard input and error, or those of a test. */
export interface Terminal {
  isTerminal(): boolean;
  /** Reads some bytes of a line; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  write(text: string): void;
}

/** After this many invalid answers nobody seems to read the question. */
const ATTEMPTS_MAX = 5;
/** A terminal returns whole lines; a longer line is not a valid answer. */
const LINE_BYTES_MAX = 256;

/** The terminal of this program: answers from standard input, questions on standard error. */
export const ownTerminal: Terminal = {
  isTerminal: () => Deno.stdin.isTerminal(),
  read: (buffer) => Deno.stdin.read(buffer),
  write: (text) => {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  },
};

/**
 * Waits for y or n. Returns `undefined` when the input ended, `stop` aborted, or no valid answer
 * came.
 */
export async function askYesOrNo(
  question: string,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<boolean | undefined> {
  const stopped = Promise.withResolvers<null>();
  const onStop = () => stopped.resolve(null);
  stop.addEventListener("abort", onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      terminal.write(`${question} [y/n] `);
      const buffer = new Uint8Array(LINE_BYTES_MAX);
      const count = await Promise.race([terminal.read(buffer), stopped.promise]);
      if (count === null) return undefined;
      const answer = new TextDecoder().decode(buffer.subarray(0, count)).trim().toLowerCase();
      if (answer === "y" || answer === "yes") return true;
      if (answer === "n" || answer === "no") return false;
    }
    return undefined;
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}

/** A terminal that can hide what is typed. */
export interface SecretTerminal extends Terminal {
  /** While it is raw, nothing is shown, and each key is read at once. */
  setRaw(isRaw: boolean): void;
}

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
    const buffer = new Uint8Array(LINE_BYTES_MAX);
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
