/** A signal of one's own that aborts with another one, too. */

/**
 * Aborted when it is disposed, or with `parent`. `AbortSignal.any` would leave a trace in `parent` for as
 * long as that lives: connections are tried for years.
 */
export class LinkedAbort implements Disposable {
  readonly #own = new AbortController();
  readonly #parent: AbortSignal;
  readonly #onAbort = () => this.#own.abort();

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    parent.addEventListener("abort", this.#onAbort, { once: true });
    if (parent.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  abort(): void {
    this.#own.abort();
  }

  [Symbol.dispose](): void {
    this.#parent.removeEventListener("abort", this.#onAbort);
    this.#own.abort();
  }
}
