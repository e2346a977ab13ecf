/** Strangers who guess the hub's password without end. */

/** What they type: it must never be seen in a log. */
export const TYPED = "guess-that-nobody-may-read";

export interface FloodOptions {
  /** Of the page: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** As many guess at a time, each from one of `clients` in turn. */
  readonly count: number;
  /** Each with an address of its own, or the authority of a proxy; left out: the usual one. */
  readonly clients?: readonly Deno.HttpClient[];
}

/** `await using flood = new LoginFlood({ ... });` Half of the guesses are logins, half are Bearer tokens. */
export class LoginFlood implements AsyncDisposable {
  /** How often each status was the answer. */
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

  /** Answers so far. */
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
        // The end of the flood, or of a connection: it goes on with the next one.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }
}

/** As a program of its own, which another machine may run: until its input ends. */
if (import.meta.main) {
  const [origin = "", count] = Deno.args;
  await using _flood = new LoginFlood({ origin, count: Number(count) });
  await Deno.stdin.readable.pipeTo(new WritableStream());
}
