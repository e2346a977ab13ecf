/**
 * Reads the kernel's files about this machine below `/proc` and `/sys`.
 *
 * Deno can only read them itself with all permissions (`--allow-all`; a scoped
 * `--allow-read=/proc/stat` is refused). So one short-lived `head` reads all of them, which takes
 * about 1 ms of CPU on a PC. It needs `--allow-run=/usr/bin/head` and no permission to read. If
 * `head` cannot be run (denied, missing, no process or memory left), no file exists for the caller.
 */

const HEAD = "/usr/bin/head";
/** The longest file is `/proc/stat` with a counter for each interrupt: a few KiB on a Pi. */
const FILE_BYTES_MAX = 16_384;
/** The time limit of a reading, because a file of sysfs may wait for a driver. */
const READ_MS_MAX = 4_000;

/**
 * Returns the texts of those of `paths` that can be read, by path. Paths are absolute, and `root` is
 * put before them: `/` for this machine. Files that cannot be read are missing in the result, because
 * a machine in trouble must continue to send heartbeats. Throws only the reason of `signal`.
 */
export async function readMachineFiles(
  paths: readonly string[],
  root = "/",
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  signal?.throwIfAborted();
  const prefix = root.replace(/\/+$/, "");
  const text = await runHead(paths.map((path) => prefix + path), signal);
  signal?.throwIfAborted();
  const found = new Map<string, string>();
  // `head --verbose` writes `==> path <==` above each file that it could open.
  const parts = text.split(/(?:^|\n)==> (\/.*) <==\n/);
  for (let at = 1; at + 1 < parts.length; at += 2) {
    const path = parts[at]?.slice(prefix.length);
    const content = parts[at + 1];
    if (path !== undefined && content) found.set(path, content);
  }
  return found;
}

async function runHead(paths: readonly string[], stop: AbortSignal | undefined): Promise<string> {
  using timeout = timeoutSignal(READ_MS_MAX);
  const end = stop ? AbortSignal.any([stop, timeout.signal]) : timeout.signal;
  try {
    const head = new Deno.Command(HEAD, {
      args: ["--verbose", `--bytes=${FILE_BYTES_MAX}`, "--", ...paths],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: end,
    }).spawn();
    const isOver = aborted(end);
    // A `head` that hangs in a driver ignores signals, and nobody waits for it. A failed status
    // only means that some file is missing, which is normal.
    const text = await Promise.race([readText(head.stdout), isOver]);
    await Promise.race([head.status, isOver]);
    return text;
  } catch {
    return "";
  }
}

/**
 * Reads a pipe through one buffer of our own: `Command.output()` of Deno 2.7 never frees the 64 KiB
 * that it reads into, which would be 50 MB an hour here.
 */
async function readText(pipe: ReadableStream<Uint8Array>): Promise<string> {
  const reader = pipe.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let text = "";
  let buffer = new Uint8Array(FILE_BYTES_MAX);
  for (;;) {
    const { value, done } = await reader.read(buffer);
    if (value === undefined || done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    buffer = new Uint8Array(value.buffer);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

/** Like `AbortSignal.timeout`, but its timer ends with its use. */
function timeoutSignal(ms: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Returns the number in the text of a file, or `undefined`. */
export function numberFrom(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*-?\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
