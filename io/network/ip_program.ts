/** The `ip` program of iproute2: what it prints, and when something changes. */

import { IP_PATHS } from "../../core/network/view.ts";

/** `ip` asks the kernel alone, which answers at once. */
const ANSWER_MS_MAX = 4000;
/** A router with many routes prints a few hundred KiB. */
const OUTPUT_BYTES_MAX = 2 ** 20;
const BUFFER_BYTES = 16_384;

/** The `ip` program of this machine, or `undefined` where there is none. */
export function findIp(): string | undefined {
  return IP_PATHS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** What `ip` prints. Throws when it fails, takes too long or prints too much. */
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
 * Calls back whenever an interface, an address or a route changes. Resolves when `ip monitor` ends,
 * which it does when `stop` aborts; throws when it cannot be started.
 *
 * An `ip monitor` whose program was killed ends with the next change: nobody reads what it prints.
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
 * All of a pipe through one buffer of ours: what Deno 2.7 reads into otherwise is never given back.
 * The bytes are only good during the call.
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
