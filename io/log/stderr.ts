/** Writes lines to stderr synchronously, so that nothing is lost when the program ends. */

/**
 * The longest time that a full pipe may block the program. After it the line is dropped, because a
 * delayed heartbeat would be worse.
 */
const FULL_PIPE_WAIT_MS_MAX = 100;
const FULL_PIPE_RETRY_MS = 2;

const encoder = new TextEncoder();

/** Set when the reader has closed the pipe. The program continues without output. */
let closed = false;

/** Writes the line and a line end. Never throws. */
export function writeToStderr(line: string): void {
  let rest = encoder.encode(`${line}\n`);
  const giveUpMs = performance.now() + FULL_PIPE_WAIT_MS_MAX;
  while (!closed && rest.length > 0) {
    try {
      rest = rest.subarray(Deno.stderr.writeSync(rest));
    } catch (error) {
      // EAGAIN: another process has set the shared pipe to non-blocking, and the pipe is full.
      const full = error instanceof Deno.errors.WouldBlock;
      if (!full) closed = error instanceof Deno.errors.BrokenPipe;
      if (!full || performance.now() >= giveUpMs) return;
      pause(FULL_PIPE_RETRY_MS);
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
