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
