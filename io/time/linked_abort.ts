/** An abort signal that also aborts with a parent signal. */

/**
 * Aborts when it is disposed or when `parent` aborts. `AbortSignal.any` would leak memory in a
 * long-lived `parent`: connections are tried for years.
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
