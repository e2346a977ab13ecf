/** Runs the `ip` program of iproute2: it prints the network's state and reports changes. */

import { IP_PATHS } from "../../core/network/view.ts";

/** `ip` only asks the kernel, which answers at once. */
const ANSWER_MS_MAX = 4000;
/** A router with many routes prints a few hundred KiB. */
const OUTPUT_BYTES_MAX = 2 ** 20;
const BUFFER_BYTES = 16_384;

/** Returns the path of this machine's `ip` program, or `undefined` if there is none. */
export function findIp(): string | undefined {
  return IP_PATHS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Returns the output of `ip`. Throws when it fails, takes too long or prints too much. */
export async function runIp(ip: string, args: readonly string[]): Promise<string> {
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(), ANSWER_MS_MAX);
  try {
    const child = spawnIp(ip, args, tooLong.signal);
    let size = 0;
    const decoder = new TextDecoder();
    let text = "";
    await readAll(child.stdout, (bytes) => {
      size += bytes.length;
      if (size > OUTPUT_BYTES_MAX) tooLong.abort();
      else text += decoder.decode(bytes, { stream: true });
    });
    const { success, code } = await child.status;
    if (size > OUTPUT_BYTES_MAX) throw new Error(`ip ${args.join(" ")} prints too much`);
    if (tooLong.signal.aborted) throw new Error(`ip ${args.join(" ")} takes too long`);
    if (!success) throw new Error(`ip ${args.join(" ")} ended with ${code}`);
    return text;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls back when an interface, an address or a route changes. Resolves when `ip monitor` ends,
 * which happens when `stop` aborts. Throws when it cannot be started.
 *
 * If this program is killed, its `ip monitor` ends at the next change, because its output is
 * closed.
 */
export async function monitorIp(
  ip: string,
  onChange: () => void,
  stop: AbortSignal,
): Promise<void> {
  const child = spawnIp(ip, ["monitor", "link", "address", "route"], stop);
  await readAll(child.stdout, onChange);
  await child.status;
}

function spawnIp(
  ip: string,
  args: readonly string[],
  signal: AbortSignal,
): Deno.ChildProcess {
  return new Deno.Command(ip, {
    args: [...args],
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal,
  }).spawn();
}

/**
 * Reads a pipe through one buffer of our own: Deno 2.7 never frees the memory that it would use
 * otherwise. The bytes are valid only during the call.
 */
async function readAll(
  pipe: ReadableStream<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const reader = pipe.getReader({ mode: "byob" });
  let buffer = new Uint8Array(BUFFER_BYTES);
  for (;;) {
    const { value, done } = await reader.read(buffer);
    if (value === undefined || done) return;
    onBytes(value);
    buffer = new Uint8Array(value.buffer);
  }
}
