/** Writes lines to stderr at once, so that nothing is lost when the program ends. */

/** How long a full pipe may hold the program up: then the line is dropped rather than a heartbeat. */
const FULL_PIPE_WAIT_MS_MAX = 100;
const FULL_PIPE_RETRY_MS = 2;

const encoder = new TextEncoder();

/** Set when nobody reads any more: the program goes on in silence. */
let closed = false;

/** Adds the line's end. Never throws. */
export function writeToStderr(line: string): void {
  let rest = encoder.encode(`${line}\n`);
  const giveUpMs = performance.now() + FULL_PIPE_WAIT_MS_MAX;
  while (!closed && rest.length > 0) {
    try {
      rest = rest.subarray(Deno.stderr.writeSync(rest));
    } catch (error) {
      // EAGAIN: another process has made the pipe that we share non-blocking, and it is full.
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
