/** The connections of a provider's double on loopback, and what has arrived by them. */

import { patience } from "../time/patience.ts";

/** `await using server = new ProviderServer(exchange);` Its end closes all connections. */
export class ProviderServer implements AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  readonly #exchange: (connection: Deno.TcpConn) => Promise<void>;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #exchanges = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #noticed = Promise.withResolvers<void>();

  /** `exchange` has one request a connection, which is closed after it. */
  constructor(exchange: (connection: Deno.TcpConn) => Promise<void>) {
    this.#exchange = exchange;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0, transport: "tcp" });
    this.url = `http://127.0.0.1:${this.#listener.addr.port}`;
    this.#accepting = this.#accept();
  }

  /** Wakes those that wait: something has arrived. */
  notice(): void {
    this.#noticed.resolve();
    this.#noticed = Promise.withResolvers<void>();
  }

  /** Waits until `found` holds so many; `what` names them in the error. */
  async waitFor(
    found: readonly unknown[],
    { what, count, withinMs }: {
      readonly what: string;
      readonly count: number;
      readonly withinMs: number;
    },
  ): Promise<void> {
    const late = Promise.withResolvers<void>();
    const limitMs = patience(withinMs);
    const timer = setTimeout(() => {
      const { length } = found;
      late.reject(new Error(`expected ${count} ${what} within ${limitMs} ms, found ${length}`));
    }, limitMs);
    try {
      while (found.length < count) await Promise.race([this.#noticed.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#accepting;
    await Promise.all(this.#exchanges);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      const exchange = this.#exchange(connection).catch(ignoreBrokenConnection).finally(() => {
        close(connection);
        this.#connections.delete(connection);
        this.#exchanges.delete(exchange);
      });
      this.#exchanges.add(exchange);
    }
  }
}

/** The headers of a request, without its first line. */
export function headersOf(lines: readonly string[]): Headers {
  return new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
}

export async function writeAll(connection: Deno.TcpConn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Until the other side, or the end of the double, closes the connection. */
export async function untilClosed(connection: Deno.TcpConn): Promise<void> {
  const chunk = new Uint8Array(1024);
  while (await connection.read(chunk) !== null);
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** The program under test may go at any time, and the double's end breaks what is still open. */
function ignoreBrokenConnection(error: unknown): void {
  const expected = [
    Deno.errors.ConnectionReset,
    Deno.errors.BrokenPipe,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
    Deno.errors.NotConnected,
  ];
  if (!expected.some((kind) => error instanceof kind)) throw error;
}
