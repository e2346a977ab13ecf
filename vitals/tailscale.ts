/**
 * What Tailscale's own daemon says of this machine, through the socket of its local API. Everybody on
 * the machine may ask for the state; nothing else is asked.
 */

export const TAILSCALE_SOCKET = "/run/tailscale/tailscaled.sock";

const REQUEST = "GET /localapi/v0/status?peers=false HTTP/1.0\r\n" +
  "Host: local-tailscaled.sock\r\n\r\n";
/** Without its peers the state takes a few KB. */
const ANSWER_BYTES_MAX = 262_144;
const ANSWER_MS_MAX = 3000;
/** Go's zero time, and others before Tailscale existed, mean no expiry. */
const EXPIRY_YEAR_MIN = 2019;

/** `undefined` for what it does not say. */
export interface TailscaleState {
  readonly isRunning: boolean | undefined;
  /** The machine's name in its private network. */
  readonly host: string | undefined;
  readonly expiresAtMs: number | undefined;
}

/**
 * Asks the daemon. Returns `undefined` if it does not answer, or this program may not ask. Needs
 * permission to read and write `socket`. Throws only the reason of `signal`.
 */
export async function askTailscale(
  socket: string,
  signal?: AbortSignal,
): Promise<TailscaleState | undefined> {
  signal?.throwIfAborted();
  try {
    const text = await answerOf(socket, signal);
    const [head = "", body] = text.split("\r\n\r\n", 2);
    if (!/^HTTP\/1\.[01] 200 /.test(head) || body === undefined) return undefined;
    return stateFrom(JSON.parse(body));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** Reads the daemon's JSON, of which any part may be missing. */
export function stateFrom(status: unknown): TailscaleState {
  const { BackendState: state, Self: self } = fieldsOf(status);
  const { DNSName: name, KeyExpiry: expiry } = fieldsOf(self);
  return {
    isRunning: typeof state === "string" ? state === "Running" : undefined,
    host: typeof name === "string" ? hostOf(name) : undefined,
    expiresAtMs: typeof expiry === "string" ? expiryOf(expiry) : undefined,
  };
}

function hostOf(name: string): string | undefined {
  return name.toLowerCase().replace(/\.$/, "") || undefined;
}

function expiryOf(text: string): number | undefined {
  const ms = Date.parse(text);
  return new Date(ms).getUTCFullYear() >= EXPIRY_YEAR_MIN ? ms : undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

async function answerOf(socket: string, signal: AbortSignal | undefined): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path: socket });
  const close = () => connection.close();
  signal?.throwIfAborted();
  const timer = setTimeout(close, ANSWER_MS_MAX);
  signal?.addEventListener("abort", close, { once: true });
  try {
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode(REQUEST));
    return await textOf(connection.readable);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", close);
  }
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of stream) {
    text += decoder.decode(part, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) throw new Error("too long");
  }
  return text + decoder.decode();
}
