/** Strangers who guess the hub's password without end. */

/** The password that they type: it must never appear in a log. */
export const TYPED = "guess-that-nobody-may-read";

export interface FloodOptions {
  /** The page's origin: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** The number of simultaneous guesses, each from one of `clients` in turn. */
  readonly count: number;
  /**
   * Clients with addresses of their own, or the authority of a proxy. Default: the usual client.
   */
  readonly clients?: readonly Deno.HttpClient[];
}

/** `await using flood = new LoginFlood({ ... });` Half of the guesses are logins, half are Bearer tokens. */
export class LoginFlood implements AsyncDisposable {
  /** The number of answers by status. */
  readonly answers = new Map<number, number>();
  readonly #stop = new AbortController();
  readonly #guessers: Promise<unknown>;

  constructor(options: FloodOptions) {
    const { count, clients = [] } = options;
    this.#guessers = Promise.all(
      Array.from({ length: count }, (_, index) => {
        const client = clients[index % Math.max(1, clients.length)];
        return this.#guess(options.origin, index, client);
      }),
    );
  }

  /** The number of answers so far. */
  get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#guessers;
  }

  async #guess(origin: string, index: number, client?: Deno.HttpClient): Promise<void> {
    const { signal } = this.#stop;
    const through = client === undefined ? {} : { client };
    for (let turn = index; !signal.aborted; turn++) {
      const password = `${TYPED}-${index}-${turn}`;
      try {
        const response = turn % 2 === 0
          ? await fetch(`${origin}/api/v1/login`, {
            ...through,
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ password }),
            signal,
          })
          : await fetch(`${origin}/api/v1/nodes`, {
            ...through,
            headers: { Authorization: `Bearer ${password}` },
            signal,
          });
        await response.body?.cancel();
        this.answers.set(response.status, (this.answers.get(response.status) ?? 0) + 1);
      } catch {
        // The flood has ended, or a connection: it continues with the next one.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }
}

/** Also runs as a program, possibly on another machine, until its input ends. */
if (import.meta.main) {
  const [origin = "", count] = Deno.args;
  await using _flood = new LoginFlood({ origin, count: Number(count) });
  await Deno.stdin.readable.pipeTo(new WritableStream());
}
